"""bench.py TOOL PAIRS RESULTS: runs ours and the peers in turn on every pair, prints the tables.

Environment: SEEDS, GRIDS, REPEATS, and PEERS (beginnings of peers' names; empty for none).
Every run is a process of its own on images in memory. Times are medians over repeats and seeds.
"""
import json
import os
import subprocess
import sys

import numpy as np

from phantom.surfaces import volume

HERE = os.path.dirname(os.path.abspath(__file__))
TISSUES = ("lung", "bone", "soft", "interior")
# Beside the wall of our own phantom, along which its organs slide.
WALL = ("inside wall", "outside wall")
# Per grid: (method, kind). The first peer of a kind is what ratios are against.
PLAN = {
    "quarter": [("ours rigid-body", "rigid"), ("elastix-rigid-2x100", "rigid"), ("ours rigid", "rigid"), ("ours rigid-assessed", "rigid"),
                ("simpleitk-rigid", "rigid"), ("ours deformable", "deformable"), ("elastix-2x150", "deformable")],
    "mid": [("ours rigid-body", "rigid"), ("elastix-rigid-3x50", "rigid"), ("ours rigid", "rigid"), ("ours rigid-assessed", "rigid"),
            ("ours deformable", "deformable"), ("elastix-3x150", "deformable"), ("greedy-100x50", "deformable"), ("convexadam", "deformable")],
    "full": [("ours deformable", "deformable"), ("elastix-4x250", "deformable")],
}


def words(name, default):
    return os.environ.get(name, default).split()


def planned(grid, peers):
    return [(m, k) for m, k in PLAN[grid] if m.startswith("ours") or any(m.startswith(p) for p in peers)]


def run(tool, method, folder, cores=None, check=False):
    """One run: its JSON, or the end of what it complained about."""
    ours = method.startswith("ours ")
    command = [tool, folder, method[5:]] + ["--check"] * check if ours else [sys.executable, "-B", f"{HERE}/peers.py", folder, method]
    pin = (lambda: os.sched_setaffinity(0, cores)) if cores else None
    done = subprocess.run(command, capture_output=True, text=True, preexec_fn=pin)
    if done.returncode:
        return dict(error=done.stderr.strip()[-300:])
    # Peers write to the same stream; ours is the last line.
    found = json.loads(done.stdout.strip().splitlines()[-1])
    if ours:
        stages = [found[s] for s in ("pyramids", "rigid", "deformable")]
        found.update(wall=sum(s["wall"] for s in stages), cpu=sum(s["cpu"] for s in stages))
    return found


def score(folder, points):
    """Distance of the mapped landmarks from where they belong, in mm, and the volume error of the lesions that fare worst, in per cent:
    of those seen in both images, and of those that are new."""
    truth = json.load(open(f"{folder}/truth.json"))["landmarks"]
    mapped, wanted = np.array(points), np.array([l["followup"] for l in truth])
    tissue = np.array([l["tissue"] for l in truth])
    surface = np.char.startswith(tissue, "lesion")
    e = np.linalg.norm(mapped - wanted, axis=1)
    volumes = {t: 100 * abs(volume(mapped[tissue == t]) / volume(wanted[tissue == t]) - 1) for t in np.unique(tissue[surface])}
    worst = lambda new: max((v for t, v in volumes.items() if t.endswith("NEW") == new), default=float("nan"))
    return dict(mean=e[~surface].mean(), p95=np.percentile(e[~surface], 95), volume=worst(False), volume_new=worst(True),
                **{t: e[tissue == t].mean() for t in TISSUES + WALL if (tissue == t).any()})


def has(pairs, seed, grid):
    return os.path.exists(f"{pairs}/{seed}/{grid}/truth.json")


def measure(tool, pairs, seeds, grids, repeats, peers):
    rows = []
    for repeat in range(repeats):
        for seed in seeds:
            for grid in grids:
                for method, kind in planned(grid, peers) if has(pairs, seed, grid) else []:
                    folder = f"{pairs}/{seed}/{grid}"
                    voxels = int(np.prod(json.load(open(f"{folder}/geometry.json"))["base"]["size"]))
                    row = dict(repeat=repeat, seed=seed, grid=grid, method=method, kind=kind, voxels=voxels, **run(tool, method, folder))
                    if "points" in row:
                        row["error_mm"] = {k: float(v) for k, v in score(folder, row.pop("points")).items()}
                    rows.append(row)
                    print(f"{repeat} {seed} {grid} {method}: " + (f"{row['wall']:.2f} s" if "wall" in row else row["error"]), file=sys.stderr, flush=True)
    return rows


def check(tool, pairs, seeds, grids):
    """Folding, the inverse, and whether one thread gives the same bits as all."""
    core = {min(os.sched_getaffinity(0))}
    rows = []
    for seed in seeds:
        for grid in (g for g in grids if has(pairs, seed, g)):
            folder = f"{pairs}/{seed}/{grid}"
            both = run(tool, "ours deformable", folder, check=True)
            one = run(tool, "ours deformable", folder, cores=core)
            rows.append(dict(seed=seed, grid=grid, same_bits="digest" in both and both.get("digest") == one.get("digest"),
                             digest=both.get("digest"), **(both.get("checks") or dict(error=both.get("error")))))
    return rows


def summary(rows, grid, seeds):
    """One line per method: medians of time over all runs, medians of error over the seeds."""
    lines = []
    for method, kind in PLAN[grid]:
        own = [r for r in rows if r["grid"] == grid and r["method"] == method and "wall" in r and "sliding" not in r["seed"]]
        if own:
            errors = {k: float(np.median([r["error_mm"][k] for r in own])) for k in ("mean", "p95") + TISSUES}
            errors.update({k: max(r["error_mm"][k] for r in own) for k in ("volume", "volume_new")})
            lines.append(dict(method=method, kind=kind, peak_mb=max(r["peak_mb"] for r in own), **errors,
                              **{k: float(np.median([r[k] for r in own])) for k in ("wall", "cpu")}))
    for line in lines:
        peer = next((l for l in lines if l["kind"] == line["kind"] and not l["method"].startswith("ours")), None)
        line["times_less_cpu"] = peer["cpu"] / line["cpu"] if peer else None
        line["times_less_wall"] = peer["wall"] / line["wall"] if peer else None
        # Nobody is both quicker and more exact.
        line["pareto"] = not any(l["cpu"] < line["cpu"] and l["mean"] < line["mean"] for l in lines)
    return lines


def table(head, rows):
    return "\n".join(["| " + " | ".join(head) + " |", "|" + "---|" * len(head)] + ["| " + " | ".join(r) + " |" for r in rows]) + "\n"


def print_sliding(rows, seeds):
    """Our own phantom, apart from the others: its organs slide."""
    sliding = [s for s in seeds if "sliding" in s]
    own = [r for r in rows if r["seed"] in sliding and r["repeat"] == 0 and "error_mm" in r]
    if own:
        parts = TISSUES + WALL
        print("\n### our own phantom, organs slide along the chest wall\n")
        print(table(["seed", "grid", "method", "mean / 95 % mm", " / ".join(parts)], [
            [r["seed"], r["grid"], r["method"], f"{r['error_mm']['mean']:.2f} / {r['error_mm']['p95']:.2f}",
             " / ".join(f"{r['error_mm'].get(t, float('nan')):.2f}" for t in parts)] for r in own]))


def print_cost(rows, grids):
    """Processor time per voxel of ours on each grid: it should not grow with the image."""
    cost = {g: [r["cpu"] / r["voxels"] for r in rows if r["grid"] == g and r["method"] == "ours deformable" and "cpu" in r and "sliding" not in r["seed"]]
            for g in grids}
    print("\n### rigid + deformable, CPU ns per voxel of one image\n")
    print(table(["grid", "ns"], [[g, f"{1e9 * float(np.median(c)):.0f}"] for g, c in cost.items() if c]))


def print_tables(rows, checks, seeds, grids):
    for grid in grids:
        print(f"\n### {grid}, seeds {' '.join(seeds)} (P: on the Pareto front of processor time and mean error)\n")
        print(table(["method", "CPU s", "wall s", "peak MiB", "mean / 95 % mm", "lung / bone / soft / interior", "worst lesion volume %, new", "times less CPU, wall"], [
            [l["method"] + (" **P**" if l["pareto"] else ""), f"{l['cpu']:.2f}", f"{l['wall']:.2f}", f"{l['peak_mb']:.0f}", f"{l['mean']:.2f} / {l['p95']:.2f}",
             " / ".join(f"{l[t]:.2f}" for t in TISSUES), f"{l['volume']:.1f}, {l['volume_new']:.1f}",
             f"{l['times_less_cpu']:.1f}, {l['times_less_wall']:.1f}" if l["times_less_cpu"] else ""] for l in summary(rows, grid, seeds)]))
        of_seed = lambda m, s: next((f"{r['error_mm']['mean']:.2f} / {r['error_mm']['p95']:.2f}" for r in rows
                                     if (r["grid"], r["method"], r["seed"]) == (grid, m, s) and "error_mm" in r), "")
        methods = [m for m, _ in PLAN[grid] if any(r["method"] == m and r["grid"] == grid for r in rows)]
        print(table(["mean / 95 % mm, seed"] + seeds, [[m] + [of_seed(m, s) for s in seeds] for m in methods]))
    print_sliding(rows, seeds)
    print_cost(rows, grids)
    print("\n### the deformable map\n")
    print(table(["seed", "grid", "folded", "Jacobian", "inverse error, mean and greatest mm", "same bits on one thread"], [
        [c["seed"], c["grid"], f"{c['folded']} of {c['looked']}", f"{c['least_jacobian']:.2f} to {c['greatest_jacobian']:.2f}",
         f"{c['inverse_error_mean_mm']:.4f}, {c['inverse_error_max_mm']:.3f}", "yes" if c["same_bits"] else "NO"] if "looked" in c else
        [c["seed"], c["grid"], str(c.get("error")), "", "", ""] for c in checks]))


if __name__ == "__main__":
    tool, pairs, results = sys.argv[1:]
    seeds, grids = words("SEEDS", "7 11 23 31 47"), words("GRIDS", "quarter mid full")
    peers = words("PEERS", "elastix greedy simpleitk")
    rows = measure(tool, pairs, seeds, grids, int(os.environ.get("REPEATS", "5")), peers)
    checks = check(tool, pairs, seeds, grids)
    json.dump(dict(runs=rows, checks=checks, summary={g: summary(rows, g, seeds) for g in grids}), open(results, "w"), indent=1)
    print_tables(rows, checks, seeds, grids)
