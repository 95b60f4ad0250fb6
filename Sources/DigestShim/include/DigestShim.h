/// SHA-256 from OpenSSL's libcrypto behind one function.
#ifndef DIGEST_SHIM_H
#define DIGEST_SHIM_H

#include <stddef.h>
#include <stdint.h>

#ifdef __clang__
#pragma clang assume_nonnull begin
#endif

/// Writes the SHA-256 of `count` bytes to the 32 bytes at `digest`. Returns 1 on success, 0 when
/// the library refused.
int digestshim_sha256(const void *_Nullable bytes, size_t count, uint8_t *digest);

#ifdef __clang__
#pragma clang assume_nonnull end
#endif
#endif
