"""Reports (统计报表, P.07): defined by the pack, made once per period and scope, subscribed to by staff."""
