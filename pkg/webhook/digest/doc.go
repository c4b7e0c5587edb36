// Package digest names the hash functions by which networks sign, and the ways in which they write bytes. The names are part of a
// policy's JSON. An unknown name makes no hash and decodes nothing, so that it admits nobody.
//
// It also computes the midstates of an HMAC's key ([Function.Midstates]), with which signatures can be checked without having the key.
//
//	proof.HMAC{Hash: digest.SHA256, Encoding: digest.Hex, …}
package digest
