# SPDX-License-Identifier: Apache-2.0
"""What a cluster of real processes must survive, with what it promises; each gives its figures."""

import json
import random
import secrets
import signal
import time

from nodes import Cluster, Failure, Node, eventually, quantile
from relay import Relay


# Bounds of time are promises over many repetitions on a machine with room. The short run, which
# has a handful of them on whatever machine CI is, multiplies them by this and so fails only on
# what is broken, not on what is slow.
slack = 1.0


def require(condition, what):
    if not condition:
        raise Failure(what)


def require_soon(seconds, bound, what):
    require(seconds <= bound * slack, f"{what}: {seconds:.3f} s > {bound * slack:g} s")


def milliseconds(values):
    return (f"p50 {quantile(values, 0.5) * 1000:.0f} ms, p99 {quantile(values, 0.99) * 1000:.0f} ms"
            f" (n = {len(values)})")


def detection(count, kills):
    """A killed node is dead at all others; the first of them knows within the bounds."""
    first, last, spread = [], [], []
    with Cluster(count) as cluster:
        for round_number in range(kills):
            victim = cluster.nodes[round_number % count]
            time.sleep(random.Random(round_number).random() * 0.3)
            at = victim.kill()
            times = cluster.await_all_know(victim, "dead", at)
            first.append(min(times))
            last.append(max(times))
            spread.append(max(times) - min(times))
            others = {n.name for n in cluster.nodes} - {victim.name}
            require(not [d for d in cluster.deaths(at) if d[1] in others], "a false death")
            victim.start()
            cluster.await_equal()
    require_soon(quantile(first, 0.5), 1.6, "detection p50")
    require_soon(max(first), 2.5, "detection p99")
    return (f"first: {milliseconds(first)}; all know: {milliseconds(last)}; "
            f"spread: {milliseconds(spread)}")


def leave(count, leaves):
    """A node that gets SIGTERM is `left` at all others at once, and nobody ever suspects it."""
    times = []
    with Cluster(count) as cluster:
        for number in range(leaves):
            victim = cluster.nodes[number % count]
            at = time.time()
            victim.signal(signal.SIGTERM)
            cluster.await_all_know(victim, "left", at)
            require(victim.process.wait(10) == 0, "the exit code of a node that left")
            begun = [e for e in victim.events() if e["message"] == "cluster leaving"][-1]["at"]
            for node in cluster.nodes:
                if node is victim:
                    continue
                times.append(node.changes("left", at, victim.name)[0]["at"] - begun)
                require(not node.changes("suspect", at, victim.name), "a leaver was suspected")
            victim.start()
            cluster.await_equal()
    require_soon(quantile(times, 0.99), 0.05, "urgent news at the others, p99")
    return f"urgent news at the others: p50 {quantile(times, 0.5) * 1000:.1f} ms, " \
           f"p99 {quantile(times, 0.99) * 1000:.1f} ms (n = {len(times)})"


def loss(count, share, seconds):
    """UDP loses packets, TCP is fine: nobody dies."""
    relay = Relay(count)
    with Cluster(count, relay) as cluster:
        at = time.time()
        relay.passed = relay.lost = 0
        relay.every(loss=share, jitter=0.01, repeat=0.01)
        time.sleep(seconds)
        suspicions = sum(len(n.changes("suspect", at)) for n in cluster.nodes)
        require(not cluster.deaths(at), f"false deaths: {cluster.deaths(at)}")
        lost = relay.lost / max(1, relay.lost + relay.passed)
        require(lost > share * 0.8, f"the relay lost only {lost:.0%}")
        relay.heal()
        cluster.await_equal()
    relay.close()
    return f"0 deaths, {suspicions} suspicions in {seconds * count} node-seconds, {lost:.0%} lost"


def stall(count, seconds):
    """A stopped process declares nobody dead when it goes on, and is alive everywhere soon."""
    with Cluster(count) as cluster:
        victim = cluster.nodes[0]
        at = time.time()
        victim.signal(signal.SIGSTOP)
        time.sleep(seconds)
        resumed = time.time()
        victim.signal(signal.SIGCONT)
        took = cluster.await_equal(within=10)
        time.sleep(1)
        wrong = [d for d in cluster.deaths(at) if d[1] != victim.name]
        require(not wrong, f"healthy members were declared dead: {wrong}")
        if seconds <= 1:
            require(not cluster.deaths(at), "a short stall killed its node")
        require_soon(took, 2, "back after it went on")
        died = len({d[0] for d in cluster.deaths(at)})
    return f"back {took * 1000:.0f} ms after it went on; dead at {died} meanwhile ({resumed - at:.1f} s)"


def partition(count, seconds):
    """Two sides that cannot hear each other become one again soon after the heal."""
    relay = Relay(count)
    with Cluster(count, relay) as cluster:
        half = count // 2
        sides = [cluster.nodes[:half], cluster.nodes[half:]]
        relay.split(range(half), range(half, count))
        time.sleep(seconds)
        for side in sides:
            cluster.await_equal(side)
        relay.heal()
        took = cluster.await_equal(within=15)
        require_soon(took, 5, "equal views after the heal")
    relay.close()
    return f"equal views {took * 1000:.0f} ms after the heal of {seconds} s"


def one_way(count, seconds):
    """One node hears nothing of another, which hears it: neither dies."""
    relay = Relay(count)
    with Cluster(count, relay) as cluster:
        at = time.time()
        relay.cut([0], [1])
        time.sleep(seconds)
        require(not cluster.deaths(at), f"false deaths: {cluster.deaths(at)}")
        suspicions = sum(len(n.changes("suspect", at)) for n in cluster.nodes)
        relay.heal()
        cluster.await_equal()
    relay.close()
    return f"0 deaths, {suspicions} suspicions in {seconds} s"


def restart_all(count):
    """All are killed and started with the same names: equal views soon, no trace of the old."""
    with Cluster(count) as cluster:
        for node in cluster.nodes:
            node.kill()
        for node in cluster.nodes:
            node.launch()
        for node in cluster.nodes:
            node.await_ready()
        took = cluster.await_equal(within=15)
        require_soon(took, 10, "equal views after the last start")
    return f"equal views {took * 1000:.0f} ms after the last start"


def rolling(count):
    """One after the other is ended in good order and started anew: no death, no old uid."""
    with Cluster(count) as cluster:
        at = time.time()
        slowest = 0.0
        for node in cluster.nodes:
            node.signal(signal.SIGTERM)
            require(node.process.wait(10) == 0, "the exit code of a rolling restart")
            node.start()
            slowest = max(slowest, cluster.await_equal(within=10))
        require(not cluster.deaths(at), f"deaths in a rolling restart: {cluster.deaths(at)}")
    return f"equal views at most {slowest * 1000:.0f} ms after a start"


def displaced(count):
    """A second process with a name that is in use: one of the two gives way, others are unharmed."""
    with Cluster(count) as cluster:
        at = time.time()
        old = cluster.nodes[0]
        rival = Node(cluster, count + 5)
        rival.name = old.name
        rival.lives = 100  # A log of its own.
        rival.launch()
        try:
            rival.await_ready()

            def said(node, what):
                return [e for e in node.events()
                        if "this node's name" in e["message"] and e.get("then") == what]
            took = eventually(
                lambda: said(old, "leaves the cluster") or said(rival, "leaves the cluster"), 30,
                "one of the two giving way")
            loser, winner = (old, rival) if said(old, "leaves the cluster") else (rival, old)
            rounds = len(said(old, "starts anew")) + len(said(rival, "starts anew"))
            require(loser.is_alive(), "the displaced process ended")
            winner.uid = [e for e in winner.events()
                          if e["message"] == "cluster port open"][-1]["uid"]
            cluster.nodes[0] = winner
            cluster.await_equal([winner, *cluster.nodes[1:]])
            lives = {e["uid"] for n in (old, rival) for e in n.events()
                     if e["message"] == "cluster port open"}
            deaths = {e["uid"] for n in cluster.nodes for e in n.changes("dead", at)}
            require(deaths <= lives, f"others died: {deaths - lives}")
        finally:
            for node in (old, rival):
                node.process.kill()
                node.process.wait()
    return (f"the {'later' if winner is rival else 'earlier'} process has the name "
            f"{took:.1f} s after both ran ({rounds} beginnings), the other says so and serves on")


def region_states(node):
    """The regions that a node knows of: whether they answer, how many are alive, who bridges."""
    return {r["name"]: (r["reachable"], r["alive"], set(r["bridges"]))
            for r in node.members()["regions"]}


def await_regions(cluster, within, what):
    """Waits until every node knows every region with its live nodes and its bridges."""
    def look():
        groups = cluster.by_region()
        for node in [n for group in groups for n in group]:
            states = region_states(node)
            for group in groups:
                names = {n.name for n in group}
                reachable, alive, bridges = states.get(group[0].region, (False, 0, set()))
                if not reachable or alive != len(names):
                    return False
                if cluster.regions == 1:
                    continue
                if not bridges <= names or len(bridges) != min(3, len(names)):
                    return False
        return True
    return eventually(look, within, what)


def far_rows(node):
    """What a node's admin port tells of each region: names and states or errors, and ages."""
    told = json.loads(node.ask("/admin/v1/cluster")[1])["nodes"]
    listed = node.members()["members"]
    return ({(r["region"], r["name"]): r.get("error", r.get("state")) for r in told},
            {(m["region"], m["name"]): m["as_of_ms"] for m in listed if m["state"] == "alive"})


def require_whole(cluster):
    """Any node answers for all nodes of all regions, with a list that is seconds old at most."""
    names = {(n.region, n.name) for n in cluster.nodes}

    def is_whole(node):
        states, ages = far_rows(node)
        return states == {name: "serving" for name in names} and set(ages) == names \
            and max(ages.values()) < 5000 * slack
    for node in cluster.nodes:
        try:
            eventually(lambda: is_whole(node), 10 * slack, "the whole cluster")
        except Failure as failure:
            raise Failure(f"{node.name} tells {far_rows(node)}") from failure


def regions(each, cut_seconds):
    """Two regions: a bridge is killed, a region is cut off (0 s: not at all) and comes back."""
    count = 2 * each
    relay = Relay(count)
    with Cluster(count, relay, regions=2) as cluster:
        joined = await_regions(cluster, 60, "both regions knowing each other")
        require_whole(cluster)
        near, far = cluster.by_region()
        at = time.time()
        bridges = region_states(near[0])["r0"][2]
        victim = next(n for n in near if n.name in bridges)
        victim.kill()
        cluster.await_all_know_in(near, victim, "dead", at)
        replaced = await_regions(cluster, 60, "the regions without the killed bridge")
        cut = [e for n in far for e in n.events()
               if e["message"] == "region is out of reach" and e["at"] >= at]
        require(not cut, "the region was cut off with one of its bridges")
        victim.start()
        back = await_regions(cluster, 60, "the regions with the bridge again")
        require_whole(cluster)
        told = (f"joined {joined:.1f} s; killed bridge gone everywhere {replaced:.1f} s after its "
                f"region knew; back {back:.1f} s")
        if cut_seconds == 0:
            relay.close()
            return told
        at = time.time()
        relay.split([n.index for n in near], [n.index for n in far])

        def is_cut():
            return all(not region_states(n)["r1"][0] for n in near) \
                and all(not region_states(n)["r0"][0] for n in far)
        noticed = eventually(is_cut, 120, "the cut being noticed on both sides")
        time.sleep(max(0.0, cut_seconds - noticed))
        states, ages = far_rows(near[0])
        require(states[("r1", None)] == "region_unreachable", f"a region that is cut off: {states}")
        require(all(ages[("r1", n.name)] >= 1000 for n in far), f"a stale list looks new: {ages}")
        code, body = near[0].ask("/admin/v1/drain?node=none", "POST")
        require(code == 502 and "region_unreachable" in body, f"a call into a cut: {code} {body}")
        for group in (near, far):
            cluster.await_equal(group)
        require(not cluster.deaths(at), f"a region's own pool noticed the cut: {cluster.deaths(at)}")
        lonely = [e for n in cluster.nodes for e in n.events()
                  if e["message"] == "most other nodes are out of reach" and e["at"] >= at]
        require(not lonely, "seeds of another region made a node call itself isolated")
        relay.heal()
        healed = await_regions(cluster, 60, "the regions after the heal")
        eventually(lambda: ("r1", None) not in far_rows(near[0])[0], 10, "answers after the heal")
        require_whole(cluster)
    relay.close()
    return f"{told}; cut noticed {noticed:.1f} s, healed {healed:.1f} s"


def rotation(count, regions=1):
    """A new key comes, is used, and the old one goes, by reloads; nothing authentic is dropped."""
    with Cluster(count, regions=regions) as cluster:
        await_regions(cluster, 30, "all regions knowing each other")
        time.sleep(1)
        at = time.time()
        # Before all knew each other, somebody may have been a stranger.
        before = sum(n.metric("apus_gossip_dropped_total") for n in cluster.nodes)
        old, new = cluster.keys[0], secrets.token_hex(32)
        for keys in ([old, new], [new, old], [new]):
            for node in cluster.nodes:
                node.keys = keys
                node.write_config()
                node.signal(signal.SIGHUP)
            step = {2: "installed", 1: "removed"}[len(keys)]
            step = "used" if keys[0] == new and len(keys) == 2 else step
            eventually(
                lambda: all(any(e["message"] == "cluster key" and e.get("step") == step
                                for e in n.events()) for n in cluster.nodes),
                15, f"step {step} everywhere")
        for group in cluster.by_region():
            cluster.await_equal(group)
        if regions > 1:
            # Bridges turn by their own view, a little later than their regions.
            time.sleep(10)
            require(all(s[0] for n in cluster.nodes for s in region_states(n).values()),
                    "a region is out of reach after a rotation")
        require(not cluster.deaths(at), "a rotation killed somebody")
        dropped = sum(n.metric("apus_gossip_dropped_total") for n in cluster.nodes) - before
        require(dropped == 0, f"{dropped:.0f} datagrams dropped during a rotation")
        took = time.time() - at
        stranger = cluster.nodes[0]
        stranger.kill()
        stranger.keys = [old]
        stranger.start()
        time.sleep(2)
        require(len(stranger.view()) == 1, "a node with the old key got in")
    return f"three steps in {took:.1f} s, 0 drops, the old key opens nothing"


def idle(count, seconds):
    """Bytes sent by each node while nothing happens."""
    with Cluster(count) as cluster:
        time.sleep(3)
        before = [n.metric("apus_gossip_bytes_total") for n in cluster.nodes]
        start = time.monotonic()
        time.sleep(seconds)
        span = time.monotonic() - start
        rates = [(n.metric("apus_gossip_bytes_total") - b) / span
                 for n, b in zip(cluster.nodes, before)]
    require(max(rates) <= 1000, f"{max(rates):.0f} B/s while idle")
    return f"{min(rates):.0f} to {max(rates):.0f} B/s sent per node"
