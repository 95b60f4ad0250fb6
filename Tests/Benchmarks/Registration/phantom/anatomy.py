"""A whole-body CT painted on a fine grid in the patient frame (LPS, mm)."""
import time

import numpy as np
from scipy.ndimage import gaussian_filter, zoom

from .solids import X0, X1, Y0, Y1, Z0, Z1, Grid, body_sdf, lung_ell, spine_y, tree


def contrast(ce):
    """HU of liver, kidney, aorta, spleen, muscle and lung: plain, or venous phase."""
    return (112, 175, 190, 125, 62, -805) if ce else (58, 34, 42, 48, 52, -840)


def build(h, seed, which, log):
    """CT grid (HU), landmarks by tissue and lesions. which: 0 baseline, 1 follow-up."""
    t0 = time.time()
    rs = np.random.default_rng(seed)            # shared anatomy
    rt = np.random.default_rng(seed * 31 + 17 * (which + 1))  # per-time-point content
    ce = which == 1                              # follow-up is contrast enhanced
    g = Grid(h, -1000.0)
    lm = {"bone": [], "lung": [], "soft": []}
    paint_trunk(g, ce)
    paint_lungs(g, ce, rs, lm)
    paint_vessels(g, ce)
    paint_organs(g, ce, rs, rt, lm)
    paint_bowel(g, ce, rs, rt, lm)
    paint_bones(g, rs, lm)
    paint_arms(g, ce, rt)
    lesions = paint_lesions(g, ce, which)
    log(f"  anatomy painted {time.time()-t0:.1f}s")
    add_texture(g, h, seed, rs)
    return g, lm, lesions



def paint_trunk(g, ce):
    """Skin, fat, muscles with fat planes, the gap between the legs."""
    liver, kid, aorta, spl, msc, lungHU = contrast(ce)
    full = ([X0, Y0, Z0], [X1, Y1, Z1])
    g.paint(*full, body_sdf(0), -98, 2.0)
    g.paint(*full, body_sdf(1.6), 20, 2.0)       # skin
    g.paint(*full, body_sdf(3.2), -100, 2.0)
    g.paint(*full, body_sdf(17), msc, 6.0)       # muscle wall
    # legs gap
    g.cap((0, -110, -420), (0, 120, -420), 9, 9, -1000, 3.0)
    # abdominal cavity fat
    g.ell((0, -16, -95), (122, 66, 175), -92, 5.0)
    # paraspinal + psoas + glutei with fat planes
    for s in (-1, 1):
        for z in range(-180, 260, 20):
            g.ell((s * 32, spine_y(z) + 28, z), (22, 15, 26), msc + 4, 3.0)
        for z in range(-200, 20, 20):
            g.ell((s * 42, spine_y(z) - 4, z), (17, 17, 24), msc + 2, 3.0)
        g.ell((s * 85, 62, -250), (58, 32, 62), msc + 1, 3.0)
        g.cap((s * 30, 78, -215), (s * 135, 30, -280), 2.2, 2.2, -90, 2.0)


def paint_lungs(g, ce, rs, lm):
    """Mediastinum, lungs with fissures, airways and branching vessels."""
    liver, kid, aorta, spl, msc, lungHU = contrast(ce)
    # mediastinum + lungs
    g.ell((0, -10, 150), (130, 84, 125), msc - 20, 5.0)
    for s in (-1, 1):
        c, r = lung_ell(s)
        def sdf(x, y, z, c=c, r=r, s=s):
            q = np.sqrt(((x - c[0]) / r[0]) ** 2 + ((y - c[1]) / r[1]) ** 2 + ((z - c[2]) / r[2]) ** 2 + 1e-9)
            d = (q - 1) * 62
            dome = (62 if s < 0 else 48) - 0.006 * ((x - s * 70) ** 2 + (y + 5) ** 2) - z   # diaphragm
            return np.maximum(d, dome)
        g.paint([c[i] - r[i] for i in range(3)], [c[i] + r[i] for i in range(3)], sdf, lungHU, 3.0)
        # fissure
        g.cap((s * 35, -50, 70), (s * 110, 45, 170), 0.9, 0.9, lungHU + 350, 2.0, flat=1.0)
    # trachea, bronchi
    g.cap((0, 18, 340), (0, 16, 190), 8.5, 8.5, -990, 2.0)
    for s in (-1, 1):
        g.cap((0, 16, 190), (s * 42, 14, 160), 6.5, 5, -990, 2.0)
        lm["soft"].append((0.0, 16.0, 190.0))
    # lung vessels
    for s in (-1, 1):
        segs, nodes = [], []
        for _ in range(7):
            d = np.array([s * rs.uniform(0.3, 1), rs.uniform(-.8, .8), rs.uniform(-1, 1)]); d /= np.linalg.norm(d)
            tree(rs, np.array([s * 36.0, 5.0, 140 + rs.uniform(-25, 25)]), d, rs.uniform(4, 6.5), rs.uniform(26, 38), 6, segs, nodes)
        c, r = lung_ell(s)
        def inside(p, f=0.94):
            q = sum(((p[i] - c[i]) / r[i]) ** 2 for i in range(3)) ** 0.5
            dome = (62 if s < 0 else 48) - 0.006 * ((p[0] - s * 70) ** 2 + (p[1] + 5) ** 2) + 8
            return q < f and p[2] > dome
        for p0, p1, r0, r1 in segs:
            if inside(p0, 0.97) and inside(p1, 0.97):
                g.cap(p0, p1, r0, r1, 45 + 60 * ce, 1.8)
        lm["lung"] += [tuple(map(float, p)) for p in nodes if inside(p, 0.9)]


def paint_vessels(g, ce):
    """Heart, great vessels, thyroid."""
    liver, kid, aorta, spl, msc, lungHU = contrast(ce)
    # heart, great vessels
    g.ell((18, -32, 100), (52, 44, 50), msc + 3, 3.0)
    g.ell((26, -36, 98), (28, 26, 32), aorta, 3.0)
    g.ell((-6, -28, 112), (20, 22, 28), aorta, 3.0)
    g.chain([(18, spine_y(z) - 34 - 0.0 * z, z) for z in range(-150, 176, 25)], 11.5, aorta, 2.0)
    g.chain([(18, 30, 175), (10, 10, 196), (0, -20, 190), (8, -28, 150)], 12.5, aorta, 2.0)
    g.chain([(-22, spine_y(z) - 34, z) for z in range(-150, 90, 25)], 11, aorta - 25 * ce, 2.0)
    for s in (-1, 1):
        g.chain([(0, 30, -150), (s * 40, 15, -200), (s * 66, -40, -270), (s * 80, -48, -390)], 6.0, aorta, 2.0)
        g.chain([(s * 10, 0, 195), (s * 28, 8, 260), (s * 30, 10, 340), (s * 26, 14, 390)], 4.5, aorta, 2.0)
        g.ell((s * 22, -14, 282), (10, 9, 22), 110 + 60 * ce, 2.0)     # thyroid


def paint_organs(g, ce, rs, rt, lm):
    """Upper abdomen and kidneys; the stomach differs in time."""
    liver, kid, aorta, spl, msc, lungHU = contrast(ce)
    # liver, spleen, stomach, kidneys, pancreas
    g.ell((-66, -12, 8), (76, 76, 66), liver, 3.0)
    g.ell((2, -42, 22), (64, 36, 38), liver, 3.0)
    segs, nodes = [], []
    for _ in range(6):
        d = np.array([-rs.uniform(.2, 1), rs.uniform(-1, 1), rs.uniform(-.8, .8)]); d /= np.linalg.norm(d)
        tree(rs, np.array([-35.0, -5, 5]), d, rs.uniform(4, 6), rs.uniform(22, 30), 4, segs, nodes)
    lin = lambda p: ((p[0] + 66) / 76) ** 2 + ((p[1] + 12) / 76) ** 2 + ((p[2] - 8) / 66) ** 2
    for p0, p1, r0, r1 in segs:
        if lin(p0) < .9 and lin(p1) < .9:
            g.cap(p0, p1, r0, r1, liver + (38 if ce else -14), 2.0)
    lm["soft"] += [tuple(map(float, p)) for p in nodes if lin(p) < .85]
    g.ell((-48, -58, -38), (15, 15, 26), 8, 2.0)                       # gallbladder
    g.ell((104, 30, 25), (30, 40, 50), spl, 2.5)
    g.ell((60, -40, 10), (44, 34, 46), 38, 3.0)                        # stomach wall
    g.ell((60, -40, 10), (39, 29, 41), 12 + 20 * rt.random(), 3.0)
    g.ell((60 + rt.uniform(-6, 6), -56, 14), (26, 10, 26), -970, 3.0)  # gas (differs)
    g.chain([(-20, -18, -20), (20, -26, -10), (60, -8, 2), (88, 12, 14)], 11, 45 + 45 * ce, 3.0)
    for s, z in ((-1, -52), (1, -40)):
        g.ell((s * 62, 42, z), (27, 25, 54), kid, 2.0, rot=s * 0.18)
        g.ell((s * 54, 40, z), (12, 12, 30), -60, 2.5, rot=s * 0.18)
        g.ell((s * 56, 40, z), (7, 8, 18), 6, 2.5)
        for k in (-1, 0, 1):
            g.ell((s * 70, 40, z + 24 * k), (8, 9, 9), kid - (60 if ce else 8), 3.0)
        lm["soft"] += [(s * 62.0, 42.0, z + 50.0), (s * 62.0, 42.0, z - 50.0), (s * 84.0, 42.0, float(z)), (s * 62.0, 20.0, float(z))]


def paint_bowel(g, ce, rs, rt, lm):
    """Bowel and pelvis; gas differs in time."""
    # bowel: shared loops, content differs in time
    for _ in range(26):
        c = np.array([rs.uniform(-88, 88), rs.uniform(-62, 12), rs.uniform(-225, -85)])
        e = c + rs.uniform(-34, 34, 3) * (1, .5, .6)
        rr = rs.uniform(9, 15)
        g.cap(c, e, rr, rr, 36 + 25 * ce, 2.5); g.cap(c, e, rr - 3, rr - 3, 18, 2.5)
        if rt.random() < 0.35:
            m = c + (e - c) * rt.random()
            g.ell((m[0], m[1] - rr * .35, m[2]), (rr * .7, rr * .45, rr * .7), -960, 2.5)
    for s in (-1, 1):   # colon
        g.chain([(s * 112, 8, z) for z in (-190, -140, -90, -50)], 17, 30, 2.5)
        for z in range(-185, -50, 24):
            g.ell((s * 112, 4 + rt.uniform(-3, 3), z + rt.uniform(-5, 5)), (10, 9, 9), -940 if rt.random() < .5 else -10, 4.0)
    # bladder, prostate, rectum
    g.ell((0, -30, -262), (38, 32, 32), 8, 2.5)
    g.ell((0, -8, -300), (20, 16, 18), 45 + 15 * ce, 2.5)
    g.ell((0, 42, -262), (18, 18, 46), 40, 2.5)
    g.ell((rt.uniform(-4, 4), 40, -255 + rt.uniform(-18, 18)), (9, 8, 14), -900, 3.0)
    lm["soft"] += [(0., -30., -230.), (38., -30., -262.), (-38., -30., -262.), (0., -62., -262.)]


def paint_bones(g, rs, lm):
    """Spine, ribs, shoulders, pelvis, femora, skull base."""
    zv, i = -215.0, 0
    while zv < 345:
        hgt = 25 if zv < 20 else (21 if zv < 230 else 15)
        w = 23 if zv < 20 else (18 if zv < 230 else 12)
        y = spine_y(zv)
        def vert(x, yy, z, w=w, y=y, zv=zv, hgt=hgt):
            q = ((np.abs(x / w)) ** 3 + np.abs((yy - y) / (w * .78)) ** 3) ** (1 / 3.)
            return np.maximum((q - 1) * w * .78, np.abs(z - zv) - hgt * .40)
        lo, hi = [-w, y - w, zv - hgt], [w, y + w, zv + hgt]
        g.paint(lo, hi, lambda x, yy, z: np.maximum(np.hypot(x, yy - y) - w * .9, np.abs(z - zv) - hgt * .55), 85, 2.0)
        g.paint(lo, hi, vert, 620, 2.0)
        g.paint(lo, hi, lambda x, yy, z: vert(x, yy, z) + 2.2, 190 + 40 * rs.random(), 2.0)
        g.cap((0, y + w * .78 + 9, zv), (0, y + w * .78 + 34, zv - 10), 5, 3, 520, 2.0)
        for s in (-1, 1):
            g.cap((s * 8, y + w * .78 + 4, zv), (s * (w + 16), y + w * .78 + 10, zv + 2), 5, 3.2, 480, 2.0)
            lm["bone"].append((s * (w + 15.), float(y + w * .78 + 10), zv + 2.))
        g.cap((0, y + w * .78 + 6, zv - hgt * .5), (0, y + w * .78 + 6, zv + hgt * .5), 6.5, 6.5, 25, 2.0)   # canal
        lm["bone"] += [(0., float(y - w * .78), zv + hgt * .4), (0., float(y + w * .78 + 33), zv - 10.)]
        zv += hgt; i += 1
    for s in (-1, 1):
        for rI in range(11):
            z0 = 255 - rI * 21.0
            wa = min(150, 92 + 11 * rI) * (1 if rI < 8 else 0.98); wb = min(92, 58 + 6 * rI)
            end = 0.93 * np.pi if rI < 7 else (0.75 - 0.1 * (rI - 7)) * np.pi
            th = np.linspace(0.10, end, 22)
            yc = -2.0
            pts = [(s * wa * np.sin(q), yc + wb * np.cos(q), z0 - 62 * (q / np.pi) ** 1.2) for q in th]
            g.chain(pts, 4.6, 560, 2.0, flat=1.3); g.chain(pts, 2.3, 160, 2.0)
            lm["bone"] += [tuple(map(float, pts[j])) for j in (4, 11, 18)]
        # scapula, clavicle, pelvis, femur
        g.cap((s * 70, 84, 225), (s * 118, 66, 150), 3.2, 3.2, 560, 2.0, flat=1.0)
        g.cap((s * 118, 66, 150), (s * 132, 40, 238), 4.5, 5.5, 560, 2.0)
        g.cap((s * 16, -62, 236), (s * 134, -6, 258), 5.5, 5.5, 620, 2.0)
        g.ell((s * 152, 14, 240), (22, 22, 24), 560, 2.0); g.ell((s * 152, 14, 240), (18, 18, 20), 190, 2.0)
        for k in np.linspace(0, 1, 14):       # iliac wing fan
            a0 = np.array([s * 42., 62., -205.]); a1 = np.array([s * (62 + 72 * k), 62 - 102 * k, -150 - 30 * (2 * k - 1) ** 2 + 0.])
            b = np.array([s * 92., 8., -262.])
            g.cap(a1, b + (a0 - b) * 0.35 * (1 - k), 4.6, 6.5, 420, 2.0)
            lm["bone"].append(tuple(map(float, a1))) if k in (0., 1.) else None
        g.ell((s * 95, 2, -272), (31, 30, 30), 640, 2.0); g.ell((s * 95, 2, -272), (25.5, 25.5, 25.5), 45, 2.0)
        g.ell((s * 97, 0, -274), (23.5, 23.5, 23.5), 640, 2.0); g.ell((s * 97, 0, -274), (21, 21, 21), 290, 2.0)
        g.cap((s * 97, 0, -274), (s * 128, 6, -318), 13, 15, 560, 2.0); g.cap((s * 99, 0, -276), (s * 128, 6, -318), 10, 11, 170, 2.0)
        g.cap((s * 128, 6, -318), (s * 116, -4, -400), 15, 13, 1050, 2.0); g.cap((s * 128, 6, -318), (s * 116, -4, -400), 9, 8, 20, 2.0)
        g.cap((s * 40, -66, -288), (s * 5, -74, -296), 8, 8, 540, 2.0); g.cap((s * 40, -66, -288), (s * 86, -20, -268), 7, 9, 540, 2.0)
        g.cap((s * 42, -52, -296), (s * 62, 30, -325), 8, 9, 540, 2.0); g.cap((s * 62, 30, -325), (s * 90, 20, -280), 9, 9, 540, 2.0)
        lm["bone"] += [(s * 97., 0., -274.), (s * 128., 6., -318.), (s * 62., 30., -325.), (s * 40., -66., -288.)]
    g.ell((0, 70, -222), (46, 18, 36), 520, 2.0); g.ell((0, 70, -222), (42, 14.5, 32), 170, 2.0)
    g.cap((0, -92, 228), (0, -100, 92), 7, 6, 420, 2.0, flat=1.0); g.cap((10, -92, 226), (10, -99, 130), 6, 6, 420, 2.0)
    # skull base / jaw
    g.ell((0, 0, 398), (70, 84, 58), 1000, 2.0); g.ell((0, 0, 398), (64, 78, 52), 38, 2.0)
    for s in (-1, 1):
        g.chain([(s * 48, 10, 345), (s * 40, -35, 326), (0, -62, 322)], 6, 950, 2.0)


def paint_arms(g, ce, rt):
    """Arms in a pose of their own per time point; no landmarks there."""
    liver, kid, aorta, spl, msc, lungHU = contrast(ce)
    for s in (-1, 1):
        dx = rt.uniform(-6, 6); dy = rt.uniform(-12, 14); dz = rt.uniform(-12, 12)
        sh = np.array([s * 168., 12., 236.]); el = np.array([s * (212 + dx), 20 + dy, -30 + dz]); ha = np.array([s * (205 + dx), -25 - dy, -270 + dz])
        g.cap(sh, el, 44, 38, -95, 2.0); g.cap(el, ha, 38, 26, -95, 2.0)
        g.cap(sh, el, 37, 32, msc, 3.0); g.cap(el, ha, 32, 22, msc, 3.0)
        g.cap(sh, el, 11, 11, 900, 2.0); g.cap(sh, el, 6, 6, 60, 2.0)
        g.cap(el, ha, 8, 7, 850, 2.0); g.cap(el + (s * 14, 12, 0), ha + (s * 12, 8, 0), 7, 6, 850, 2.0)


def paint_lesions(g, ce, which):
    """Twelve lesions: radius in mm, its factor at follow-up, response, HU against the organ."""
    L = [
        dict(id=1, site="liver seg 7", c=(-100, 8, 22), r=14, rs=0.05, cls="CR", dhu=-22),
        dict(id=2, site="liver seg 4", c=(-40, -40, 12), r=11, rs=0.8, cls="PR", dhu=-20),
        dict(id=3, site="liver seg 6", c=(-95, -12, -22), r=9, rs=1.0, cls="SD", dhu=-18),
        dict(id=4, site="vertebra L", c=(0, float(spine_y(-65)), -65), r=9, rs=0.85, cls="PR", dhu=260),
        dict(id=5, site="vertebra T", c=(4, float(spine_y(104)), 104), r=7.5, rs=1.15, cls="PD", dhu=240),
        dict(id=6, site="iliac right", c=(-112, -5, -178), r=8, rs=1.0, cls="SD", dhu=200),
        dict(id=7, site="lung nodule left", c=(88, 18, 140), r=7, rs=0.75, cls="PR", dhu=820),
        dict(id=8, site="lung nodule right", c=(-92, -28, 168), r=6, rs=1.3, cls="PD", dhu=820),
        dict(id=9, site="para-aortic node", c=(38, 22, -95), r=8, rs=0.05, cls="CR", dhu=130),
        dict(id=10, site="mesenteric node", c=(-8, -34, -120), r=10, rs=0.95, cls="SD", dhu=135),
        dict(id=11, site="rib left", c=(139, 2, 88), r=6, rs=1.0, cls="NEW", dhu=180),
        dict(id=12, site="liver seg 2", c=(26, -48, 26), r=8, rs=1.0, cls="NEW", dhu=-18),
    ]
    for l in L:
        rr = l["r"] * (l["rs"] if which else 1.0)
        present = not ((l["cls"] == "NEW" and which == 0) or (l["cls"] == "CR" and which == 1))
        if present:
            if l["dhu"] > 700:
                g.ell(l["c"], (rr, rr, rr), 35 + 25 * ce, 2.0)
            else:
                g.ell(l["c"], (rr, rr, rr), l["dhu"], 3.0, add=True)
    return L


def add_texture(g, h, seed, rs):
    """Texture on three scales that moves with the anatomy; its strength depends on the tissue."""
    shp = g.v.shape
    tex = np.zeros(shp, np.float32)
    for sig_mm, amp, f in ((2.5, 0.7, 1), (5.0, 0.6, 2), (11.0, 0.6, 4)):
        sh = [int(np.ceil(q / f)) for q in shp]
        n = rs.standard_normal(sh, dtype=np.float32) if f > 1 else np.random.default_rng(seed + 5).standard_normal(sh, dtype=np.float32)
        n = gaussian_filter(n, sig_mm / (h * f)); n *= amp / n.std()
        if f > 1:
            n = zoom(n, [shp[i] / sh[i] for i in range(3)], order=1, grid_mode=True, mode="nearest")
        tex += n
    v = g.v
    amp = np.interp(v[::1].ravel(), [-1001, -995, -950, -800, -300, -110, -60, 20, 130, 200, 700, 1400],
                    [0, 0, 4, 24, 18, 9, 7, 6, 9, 42, 55, 45]).astype(np.float32).reshape(shp)
    v += tex * amp
