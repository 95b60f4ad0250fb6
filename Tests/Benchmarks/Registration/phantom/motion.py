"""The known map of a pair, and sampling an image through it.

Follow-up point y to baseline point x:  x = phi(y) = y' + u(y'),  y' = R (y - c) + c + t,
u = breathing + bladder filling + twelve low-frequency waves, all analytic. Patient frame LPS, mm.
"""
import numpy as np
from numba import njit, prange


class Phi:
    """follow-up point -> canonical(baseline) point."""

    def __init__(self, seed, rot_deg=4.0, trans_mm=8.0, breath_mm=15.0):
        r = np.random.default_rng(seed + 1000)
        ax = np.array([0.35, 0.25, 0.90]) + 0.15 * r.standard_normal(3)
        ax /= np.linalg.norm(ax)
        th = np.deg2rad(rot_deg)
        K = np.array([[0, -ax[2], ax[1]], [ax[2], 0, -ax[0]], [-ax[1], ax[0], 0]])
        self.R = np.eye(3) + np.sin(th) * K + (1 - np.cos(th)) * K @ K
        t = np.array([0.55, -0.45, 0.70]) + 0.1 * r.standard_normal(3)
        self.t = trans_mm * t / np.linalg.norm(t)
        self.c = np.array([0.0, 0.0, 0.0])
        self.A = breath_mm
        n = 12
        self.k = r.standard_normal((n, 3))
        self.k *= (2 * np.pi / r.uniform(130, 320, n) / np.linalg.norm(self.k, axis=1))[:, None]
        self.a = r.standard_normal((n, 3)) * 0.75
        self.p = r.uniform(0, 2 * np.pi, n)
        self.rot_deg, self.trans_mm = rot_deg, trans_mm

    def params(self):
        return (self.R, self.t, self.c, self.A, self.k, self.a, self.p)

    def __call__(self, pts):
        out = np.empty_like(pts, dtype=np.float64)
        _phi_many(np.ascontiguousarray(pts, np.float64), out, *self.params())
        return out

    def inverse(self, x, it=200):
        y = (x - self.c - self.t) @ self.R + self.c
        for _ in range(it):
            e = x - self(y)
            y = y + e @ self.R
            if np.abs(e).max() < 1e-9:
                break
        return y, float(np.abs(x - self(y)).max())


@njit(cache=True, fastmath=False)
def _phi(x, y, z, R, t, c, A, k, a, p):
    dx, dy, dz = x - c[0], y - c[1], z - c[2]
    px = R[0, 0] * dx + R[0, 1] * dy + R[0, 2] * dz + c[0] + t[0]
    py = R[1, 0] * dx + R[1, 1] * dy + R[1, 2] * dz + c[1] + t[1]
    pz = R[2, 0] * dx + R[2, 1] * dy + R[2, 2] * dz + c[2] + t[2]
    # breathing: cranio-caudal, max near the diaphragm (z~70), none at skin and spine
    inpl = np.exp(-((px / 125.0) ** 4)) * np.exp(-(((py + 12.0) / 80.0) ** 4))
    g = np.exp(-((pz - 65.0) / 85.0) ** 2) * inpl
    ux = 0.10 * A * g * np.tanh(px / 60.0)
    uy = -0.30 * A * np.exp(-((pz - 40.0) / 95.0) ** 2) * np.exp(-((px / 120.0) ** 2)) * np.exp(-((py + 95.0) / 60.0) ** 2)
    uz = A * g
    # bladder filling: push away from the bladder centre
    bx, by, bz = px, py + 30.0, pz + 262.0
    w = np.exp(-(bx * bx + by * by + bz * bz) / (2 * 45.0 ** 2))
    ux += -0.16 * bx * w
    uy += -0.16 * by * w
    uz += -0.16 * bz * w
    for i in range(k.shape[0]):
        s = np.sin(k[i, 0] * px + k[i, 1] * py + k[i, 2] * pz + p[i])
        ux += a[i, 0] * s
        uy += a[i, 1] * s
        uz += a[i, 2] * s
    return px + ux, py + uy, pz + uz


@njit(cache=True)
def _phi_many(pts, out, R, t, c, A, k, a, p):
    for i in range(pts.shape[0]):
        out[i, 0], out[i, 1], out[i, 2] = _phi(pts[i, 0], pts[i, 1], pts[i, 2], R, t, c, A, k, a, p)


@njit(cache=True, fastmath=True)
def _tri(vol, fx, fy, fz, fill):
    nz, ny, nx = vol.shape
    ix = int(np.floor(fx)); iy = int(np.floor(fy)); iz = int(np.floor(fz))
    if ix < 0 or iy < 0 or iz < 0 or ix >= nx - 1 or iy >= ny - 1 or iz >= nz - 1:
        return fill
    ax = fx - ix; ay = fy - iy; az = fz - iz
    c00 = vol[iz, iy, ix] * (1 - ax) + vol[iz, iy, ix + 1] * ax
    c01 = vol[iz, iy + 1, ix] * (1 - ax) + vol[iz, iy + 1, ix + 1] * ax
    c10 = vol[iz + 1, iy, ix] * (1 - ax) + vol[iz + 1, iy, ix + 1] * ax
    c11 = vol[iz + 1, iy + 1, ix] * (1 - ax) + vol[iz + 1, iy + 1, ix + 1] * ax
    return (c00 * (1 - ay) + c01 * ay) * (1 - az) + (c10 * (1 - ay) + c11 * ay) * az


@njit(parallel=True, cache=True, fastmath=True)
def sample(vol, vo, vs, out, oo, osp, nsub, warp, fill, R, t, c, A, k, a, p):
    nz, ny, nx = out.shape
    for iz in prange(nz):
        for iy in range(ny):
            for ix in range(nx):
                acc = 0.0
                for s in range(nsub):
                    z = oo[2] + (iz + (s + 0.5) / nsub - 0.5) * osp[2]
                    y = oo[1] + iy * osp[1]
                    x = oo[0] + ix * osp[0]
                    if warp:
                        x, y, z = _phi(x, y, z, R, t, c, A, k, a, p)
                    acc += _tri(vol, (x - vo[0]) / vs, (y - vo[1]) / vs, (z - vo[2]) / vs, fill)
                out[iz, iy, ix] = acc / nsub
