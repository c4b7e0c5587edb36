// Package digest names the hash functions that networks sign with, and the ways in which they write bytes. The names travel
// with a policy as JSON; one that is unknown makes no hash and decodes nothing, so that it admits nobody.
//
//	proof.HMAC{Hash: digest.SHA256, Encoding: digest.Hex, …}
package digest
