"""The sandbox's campus portal: whoever tries a local run chooses whom it says has signed in. Local runs only."""
