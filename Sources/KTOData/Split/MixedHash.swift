/// Mixes a seed into a hash, so that the order of the results has nothing to do with that of the hashes.
///
/// Source: the finalizer of SplitMix64 (Steele, Lea, Flood 2014), a bijection of the 64-bit numbers.
func mixed(_ hash: UInt64, seed: UInt64) -> UInt64 {
  var z = hash ^ (seed &* 0x9E37_79B9_7F4A_7C15 &+ 0xD1B5_4A32_D192_ED03)
  z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
  z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
  return z ^ (z >> 31)
}
