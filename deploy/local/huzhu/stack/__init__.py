"""`make run-stack`: every service as processes of its own on Apache Kafka, behind a gateway process."""
