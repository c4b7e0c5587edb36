// Package proof has the schemes by which a call proves that its network made it: a [Token] that is sent along, a keyed hash
// ([HMAC]), a hash with a secret in the text ([Hash]), a [Signature] by a private key, a [JWT]; [AnyOf] is several of them.
// A scheme is data, and travels with a policy as JSON ([Wire]).
//
//	proof.HMAC{Hash: digest.SHA256, Secret: "app_secret", Header: "X-Hub-Signature-256", Prefix: "sha256=", Encoding: digest.Hex}
//	proof.AnyOf{proof.Token{Bearer: true, Secret: "hs_token"}, proof.Token{Query: "access_token", Secret: "hs_token"}}
//
// A scheme names its credentials by the fields of the channel's account; of a field with several values each is live. It
// fails closed: without a live secret, with a credential that is missing, twofold or badly written, with a part of the
// signed text that is not there, nobody is admitted. Secrets are compared in constant time.
//
// Only these schemes exist, since ingress has to know what it guards a door by. Package webhook judges by them ([Judge]).
package proof
