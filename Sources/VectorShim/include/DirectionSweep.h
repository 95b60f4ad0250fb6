/// Plain C door to the sweep of particles through a grid along one direction.
#ifndef DIRECTION_SWEEP_H
#define DIRECTION_SWEEP_H

#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__clang__)
#pragma clang assume_nonnull begin
#endif

typedef struct sweep_ray {
  /// Unit vector along the axes of the moments.
  float along[3];
  /// Half of the path through a voxel, times the attenuation at density 1.
  float half_depth;
  /// Half of the path through a voxel, over the solid angle of the sphere.
  float half_source;
  /// Solid angle that the direction stands for.
  float weight;
  /// Where the ray comes from in the plane behind: the first of four voxels, relative to its own place, and
  /// the shares of the four, x fastest.
  int first_x;
  int first_y;
  float share[4];
  /// Whether the planes are crossed in rising order.
  bool rises;
} sweep_ray;

/// Voxels of a row, rows of a plane, planes; how far rows and planes lie apart, and the voxels of a field.
typedef struct sweep_layout {
  size_t x, y, z;
  size_t row;
  size_t plane;
  size_t field;
} sweep_layout;

/// Adds the fluence of one direction, plane by plane. `source` and `fluence` hold four fields one after the other,
/// a scalar and its parts along the axes; a source below zero in this direction counts as none. `work` has room for
/// two planes with a rim of a voxel, 2 (x + 2) (y + 2) floats; its rims are zero.
void sweep_direction(
    const sweep_ray *ray, sweep_layout layout, const float *density, const float *source, float *fluence,
    float *work);

#if defined(__clang__)
#pragma clang assume_nonnull end
#endif

#ifdef __cplusplus
}
#endif
#endif
