"""Where the phantom lies, and painting solids with soft edges on a grid."""
import numpy as np

X0, X1 = -265.0, 265.0
Y0, Y1 = -190.0, 190.0
Z0, Z1 = -395.0, 395.0


class Grid:
    def __init__(self, h, fill):
        self.h = h
        self.o = np.array([X0, Y0, Z0])
        self.n = np.array([int((X1 - X0) / h), int((Y1 - Y0) / h), int((Z1 - Z0) / h)])
        self.v = np.full(self.n[::-1], fill, np.float32)
        self.ax = [self.o[i] + h * np.arange(self.n[i], dtype=np.float32) for i in range(3)]

    def box(self, lo, hi, pad=6.0):
        s = []
        for i in range(3):
            a = int(np.clip(np.floor((lo[i] - pad - self.o[i]) / self.h), 0, self.n[i]))
            b = int(np.clip(np.ceil((hi[i] + pad - self.o[i]) / self.h) + 1, 0, self.n[i]))
            s.append(slice(a, b))
        return s

    def paint(self, lo, hi, sdf, value, edge=2.0, add=False, only=None):
        s = self.box(lo, hi)
        if any(q.stop <= q.start for q in s):
            return
        x = self.ax[0][s[0]][None, None, :]; y = self.ax[1][s[1]][None, :, None]; z = self.ax[2][s[2]][:, None, None]
        w = np.clip(0.5 - sdf(x, y, z) / edge, 0, 1).astype(np.float32)
        w = np.broadcast_to(w, (z.shape[0], y.shape[1], x.shape[2]))
        sub = self.v[s[2], s[1], s[0]]
        if only is not None:
            w = w * only[s[2], s[1], s[0]]
        if add:
            sub += value * w
        else:
            sub += w * (value - sub)

    def ell(self, c, r, value, edge=2.0, rot=0.0, **kw):
        cr, sr = np.cos(rot), np.sin(rot)
        m = max(r)
        def sdf(x, y, z):
            X = (x - c[0]) * cr + (z - c[2]) * sr; Z = -(x - c[0]) * sr + (z - c[2]) * cr; Y = y - c[1]
            q = np.sqrt((X / r[0]) ** 2 + (Y / r[1]) ** 2 + (Z / r[2]) ** 2 + 1e-9)
            return (q - 1) * min(r)
        ext = r if rot == 0 else (m, r[1], m)
        self.paint([c[i] - ext[i] for i in range(3)], [c[i] + ext[i] for i in range(3)], sdf, value, edge, **kw)

    def cap(self, p0, p1, r0, r1, value, edge=2.0, flat=1.0, **kw):
        p0 = np.asarray(p0, float); p1 = np.asarray(p1, float)
        d = p1 - p0; L2 = float(d @ d) + 1e-9
        rm = max(r0, r1) * max(flat, 1.0)
        def sdf(x, y, z):
            tt = np.clip(((x - p0[0]) * d[0] + (y - p0[1]) * d[1] + (z - p0[2]) * d[2]) / L2, 0, 1)
            q = np.sqrt((x - p0[0] - tt * d[0]) ** 2 + (y - p0[1] - tt * d[1]) ** 2 + ((z - p0[2] - tt * d[2]) / flat) ** 2)
            return q - (r0 + tt * (r1 - r0))
        self.paint(np.minimum(p0, p1) - rm, np.maximum(p0, p1) + rm, sdf, value, edge, **kw)

    def chain(self, pts, r, value, edge=2.0, **kw):
        for a, b in zip(pts[:-1], pts[1:]):
            self.cap(a, b, r, r, value, edge, **kw)


def spine_y(z):
    return 62 + 12 * np.sin((z + 60) / 105.0) - 10 * np.exp(-((z - 330) / 60.0) ** 2)


ZK = np.array([-400, -330, -290, -230, -150, -60, 40, 130, 215, 262, 285, 305, 330, 400.])
AK = np.array([150, 158, 172, 178, 158, 150, 158, 166, 178, 165, 120, 72, 74, 78.])
BK = np.array([82, 92, 102, 108, 102, 98, 106, 110, 104, 88, 70, 62, 78, 92.])


def body_sdf(shrink=0.0):
    def f(x, y, z):
        a = np.interp(z, ZK, AK) - shrink; b = np.interp(z, ZK, BK) - shrink
        q = (np.abs(x / a) ** 2.4 + np.abs(y / b) ** 2.4) ** (1 / 2.4)
        return ((q - 1) * np.minimum(a, b)).astype(np.float32)
    return f


def lung_ell(side):
    return (side * 76.0, -2.0, 120.0), (62.0, 82.0, 140.0)


def tree(rng, p, d, r, L, depth, out, nodes):
    """simple random branching tree of capsules"""
    q = p + d * L
    out.append((p, q, r, r * 0.8))
    if depth == 0 or r < 0.9:
        return
    nodes.append(q)
    for _ in range(2 if rng.random() < 0.85 else 3):
        e = d + 0.75 * rng.standard_normal(3); e /= np.linalg.norm(e)
        tree(rng, q, e, r * rng.uniform(0.62, 0.82), L * rng.uniform(0.7, 0.95), depth - 1, out, nodes)
