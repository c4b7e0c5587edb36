// Package webhook says how a network's calls are told from forged ones, as data.
//
// A network's service declares a [Policy]; it travels as JSON through the bucket NETWORKS to ingress, which verifies,
// stores and answers by it without knowing the network. The package does no I/O and keeps no state: what a call says
// is read from a [Call], what is secret comes from the channel's account.
//
// It is not its job to read what a call means: that is the network's Receive.
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
// The credential comes first: nothing else is looked for in a body before it is right, and what is looked for is found
// without decoding the body. So a refused call costs a small multiple of its bytes. These bounds refuse more than any
// network sends: 16 signatures and 8 kB in a list, 8 kB in a JWT, 1,000 signed parameters, 4 kB of tags in XML.
//
// What admits a call fails closed: without a live secret, with a credential that is missing, twofold or badly written,
// with a part of the signed text that is not there, nobody is admitted.
package webhook
