// Package webhook says how a network's calls are told from forged ones, as data.
//
// A network's service declares a [Policy]. As JSON, through the bucket NETWORKS, it comes to ingress, which verifies, stores and
// answers calls by it without knowing the network. The package does no I/O and keeps no state: it is given the [Call], and the
// secrets of the channel's account. Everything is safe for concurrent use, as long as nobody changes a policy that is in use.
//
// It is not its job to find out what a call means: that is the network's Receive.
//
//	policy := webhook.Policy{
//		Verify: proof.Token{Header: "X-Telegram-Bot-Api-Secret-Token", Secret: "secret_token"},
//		Dedupe: expr.JSON("update_id"),
//	}
//	verdict := policy.Examine(call, account)
//
// A policy is put together from four packages. Package proof has the schemes that a call proves itself by, package signed
// the text that is signed, package digest the hash functions and encodings, package expr what is read from a call: a key,
// a time, a condition.
//
// A policy names its credentials by the fields of the network's account. Policies for many networks, from a static
// token to a JWT, stand in examples_test.go and examples_more_test.go; vectors in testdata judge them.
//
// The credential is checked first. Nothing else is looked up in a body before it is right, and a value is looked up without decoding
// the body. So a refused call costs a small multiple of its bytes. A call beyond these bounds, which no network reaches, is refused: 16
// signatures and 8 kB in a list, 8 kB in a JWT, 1,000 signed parameters, 4 kB of tags in XML.
//
// Every doubt refuses: no secret in the account, a credential that is missing, there twice or badly written, a part of the signed text
// that is missing.
package webhook
