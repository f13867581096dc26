import time

from enrollment.policies.jobs import issue_policies

from .world import World, person


async def test_perf(world: World) -> None:
    n = 4000
    rows = [person(i) for i in range(n)]
    content = world.roster(rows)
    order = await world.order()
    await world.upload(await world.order(), [person(n + 1)])
    t = time.perf_counter(); a = await world.upload_file(order, content); print("\nupload", len(content), time.perf_counter() - t, a.json()["order"])
    t = time.perf_counter(); r = await world.submit(order); print("submit", time.perf_counter() - t, r.status_code)
    await world.client.post(f"/orders/{order}/approve", world.reviewer, json={})
    await world.pay(order, 120 * n); await world.client.post(f"/orders/{order}/payment/confirm", world.finance)
    t = time.perf_counter(); c = time.process_time()
    import cProfile, pstats
    pr = cProfile.Profile(); pr.enable()
    while (await world.state(order))["status"] != "done":
        await issue_policies(world.client.context, world.tenant.id)
    pr.disable(); pstats.Stats(pr).sort_stats("tottime").print_stats(32); return
    print("issue", time.perf_counter() - t, "cpu", time.process_time() - c)
    order2 = await world.order()
    t = time.perf_counter(); a = await world.upload_file(order2, content); print("upload again", time.perf_counter() - t, a.json()["order"])
    t = time.perf_counter(); p = await world.client.get("/policies", world.reviewer); print("policies", time.perf_counter() - t, len(p.json()["items"]))
    t = time.perf_counter(); p = await world.client.get("/policies/export", world.handler); print("export", time.perf_counter() - t, len(p.content))
