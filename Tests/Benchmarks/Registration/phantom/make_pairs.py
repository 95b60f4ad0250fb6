"""make_pairs.py CACHE SEED [SEED ...]: pairs of whole-body CTs with a known map between them.

Writes CACHE/SEED/{full,mid,quarter}: 512 x 512 x 250 voxels of 0.98 x 0.98 x 3 mm, and the same
averaged over 2 x 2 and 4 x 4 in the slice. Each folder holds base.f32 and fol.f32 (float32, i
fastest, HU held to -1000..1500), geometry.json and truth.json. What exists is kept.

Not following the map, so that registration is not trivially easy: arms, table, bowel gas, stomach,
noise (its level differs), contrast phase, lung density, HU scale and offset, scan origin.
"""
import json
import os
import sys

import numpy as np
from scipy.ndimage import gaussian_filter

from .anatomy import build
from .motion import Phi, sample
from .solids import body_sdf
from .surfaces import POINTS

SIZE = (512, 512, 250)
SPACING = np.array([0.9765625, 0.9765625, 3.0])
CANON_MM = 1.5
LEAST_LESION_MM = 4.0
GRIDS = {"full": 1, "mid": 2, "quarter": 4}
CENTRES = ((0.0, 0.0, 0.0), (-6.3, 4.9, 9.2))       # other scan origin at follow-up
IDENTITY = np.eye(3), np.zeros(3), np.zeros(3), 0.0, np.zeros((0, 3)), np.zeros((0, 3)), np.zeros(0)


def add_table(ct, origin, which):
    """The table moves independently of the patient."""
    ytab, xt = (128.0, 133.5)[which], (2.0, -5.5)[which]
    x = origin[0] + SPACING[0] * np.arange(SIZE[0])
    y = origin[1] + SPACING[1] * np.arange(SIZE[1])
    yy = (y[:, None] - ytab) + 0.00055 * (x[None, :] - xt) ** 2 * -1.0
    shell = np.clip(1.5 - np.abs(yy), 0, 1) * (np.abs(x[None, :] - xt) < 215)
    under = np.clip(1.5 - np.abs(yy - 26), 0, 1) * (np.abs(x[None, :] - xt) < 205)
    core = (yy > 1) & (yy < 25) & (np.abs(x[None, :] - xt) < 210)
    table = np.where(core, -930.0, -1000.0) + np.maximum(shell, under) * 900
    air = np.clip((-700 - ct) / 200.0, 0, 1) * (y[:, None] > 60)
    return ct + air * (table[None] + 1000.0)


def add_noise(ct, origin, which, seed):
    """Scanner differences and correlated noise, higher in pelvis and shoulders."""
    r = np.random.default_rng(seed * 77 + which)
    ct = ct * (1.0, 1.012)[which] + (0.0, 3.0)[which]
    z = origin[2] + SPACING[2] * np.arange(SIZE[2])
    profile = 1 + 0.7 * np.exp(-((z + 265) / 50) ** 2) + 0.6 * np.exp(-((z - 235) / 40) ** 2)
    for i in range(SIZE[2]):
        n = gaussian_filter(r.standard_normal(SIZE[1::-1], dtype=np.float32), 0.8)
        ct[i] += n / n.std() * (13.0, 21.0)[which] * profile[i]
    # A CT stores whole HU.
    return np.clip(np.rint(np.clip(ct, -1024, 3071)), -1000, 1500).astype(np.float32)


def write_grids(folder, name, ct, origin):
    """The image on each grid, block averages of whole voxels in the slice."""
    for grid, f in GRIDS.items():
        small = ct if f == 1 else ct.reshape(SIZE[2], SIZE[1] // f, f, SIZE[0] // f, f).mean(axis=(2, 4), dtype=np.float32)
        small.astype("<f4").tofile(f"{folder}/{grid}/{name}.f32")
        spacing = SPACING * (f, f, 1)
        path = f"{folder}/{grid}/geometry.json"
        known = json.load(open(path)) if os.path.exists(path) else {}
        known[name] = dict(size=list(small.shape[::-1]), spacing_mm=spacing.tolist(),
                           origin_mm=(origin + (spacing - SPACING) / 2).tolist())
        json.dump(known, open(path, "w"), indent=1)


def landmarks(seed, found):
    """300 points inside the trunk, away from the arms, with their tissue."""
    r = np.random.default_rng(seed + 99)
    skin = body_sdf(12.0)
    points, tissues = [], []
    for tissue, n in (("lung", 60), ("bone", 80), ("soft", 40)):
        q = np.unique(np.round(np.array(found[tissue]), 3), axis=0)
        q = q[r.permutation(len(q))]
        q = q[(np.abs(q[:, 2]) < 330) & (skin(q[:, 0], q[:, 1], q[:, 2]) < 8)][:n]
        points.append(q)
        tissues += [tissue] * len(q)
    q = np.c_[r.uniform(-150, 150, 4000), r.uniform(-90, 90, 4000), r.uniform(-320, 300, 4000)]
    points.append(q[skin(q[:, 0], q[:, 1], q[:, 2]) < -4][:120])
    tissues += ["interior"] * len(points[-1])
    return np.concatenate(points), tissues


def rigid_floor(x, y):
    """What is left of the landmarks under the best rigid map (Kabsch), mean and 95 %."""
    xc, yc = x - x.mean(0), y - y.mean(0)
    u, _, vt = np.linalg.svd(xc.T @ yc)
    turn = vt.T @ np.diag([1, 1, np.sign(np.linalg.det(vt.T @ u.T))]) @ u.T
    rest = np.linalg.norm(yc - xc @ turn.T, axis=1)
    return [float(rest.mean()), float(np.percentile(rest, 95))]


def lesion_surfaces(phi, lesions):
    """Points of each lesion's surface with its size at follow-up: the volume inside must move as the patient does."""
    marks = []
    for lesion in lesions:
        x = np.array(lesion["c"], float) + max(lesion["r"] * lesion["rs"], LEAST_LESION_MM) * POINTS
        y, _ = phi.inverse(x)
        marks += [dict(tissue=f"lesion {lesion['id']} {lesion['cls']}", baseline=a.tolist(), followup=b.tolist()) for a, b in zip(x, y)]
    return marks


def write_truth(folder, seed, phi, found, lesions):
    x, tissues = landmarks(seed, found)
    y, error = phi.inverse(x)
    moved = np.linalg.norm(y - x, axis=1)
    truth = dict(
        map="a registration with fixed = base and moving = fol must map baseline to followup",
        seed=seed, inverse_error_mm=error,
        before_mm=[float(moved.mean()), float(np.percentile(moved, 95))],
        rigid_floor_mm=rigid_floor(x, y),
        landmarks=[dict(tissue=t, baseline=a.tolist(), followup=b.tolist()) for t, a, b in zip(tissues, x, y)]
        + lesion_surfaces(phi, lesions),
        lesions=[dict(l, c=list(map(float, l["c"])), followup=phi.inverse(np.array([l["c"]], float))[0][0].tolist())
                 for l in lesions])
    for grid in GRIDS:
        json.dump(truth, open(f"{folder}/{grid}/truth.json", "w"), indent=1)


def make_pair(cache, seed):
    folder = f"{cache}/{seed}"
    if all(os.path.exists(f"{folder}/{g}/truth.json") for g in GRIDS):
        return
    for grid in GRIDS:
        os.makedirs(f"{folder}/{grid}", exist_ok=True)
    phi = Phi(seed)
    for which, name in enumerate(("base", "fol")):
        print(f"seed {seed}, {name}", flush=True)
        canon, lm, lesion_table = build(CANON_MM, seed, which, lambda s: print(s, flush=True))
        origin = np.array(CENTRES[which]) - (np.array(SIZE) - 1) * SPACING / 2
        ct = np.empty(SIZE[::-1], np.float32)
        sample(canon.v, canon.o, canon.h, ct, origin, SPACING, 3, bool(which), -1000.0,
               *(phi.params() if which else IDENTITY))
        write_grids(folder, name, add_noise(add_table(ct, origin, which), origin, which, seed), origin)
        if which == 0:
            found, lesions = lm, lesion_table
    # Last, so that a folder with its truth is complete.
    write_truth(folder, seed, phi, found, lesions)


if __name__ == "__main__":
    for seed in map(int, sys.argv[2:]):
        make_pair(sys.argv[1], seed)
