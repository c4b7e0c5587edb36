// Package provider is the SDK for authors of networks: everything Puente knows about a messaging network is one [Network]
// value. Package runtime runs it, alone or in the all-in-one; authors need nothing of it but runtime.Main. The platform on
// the other side is a [Platform] value.
//
// Four small packages go with it, and each has its place in a network's code: content makes what a contact wrote
// (receive.go), httpclient calls the network (send.go), outcome says what became of a send (errors.go), and reason has the words for
// it, in English and Spanish: those of every network, and a table for this one's own (reasons.go).
//
// The smallest network sends texts and hears nothing back:
//
//	var Network = provider.Network[Account]{
//		Name:    "acme",
//		Doc:     "https://docs.acme.example",
//		Carries: provider.Carries{Text: provider.Limit{Max: 1000, Page: "https://docs.acme.example/messages"}},
//		Open:    open, // func(Account, provider.Host) (provider.Sender, error)
//	}
//
//	func (s *sender) Send(ctx context.Context, m *messagev1.Message) (provider.Sent, error) {
//		resp, err := s.client.JSON(ctx, s.url, s.header, map[string]string{
//			"to": m.GetContact().GetAddress(), "text": m.GetContent().GetText().GetBody(),
//		})
//		if err != nil {
//			return provider.Sent{}, err // the client says whether it may have been taken
//		}
//		return provider.Sent{}, resp.Err()
//	}
//
// The package example (example_network_test.go) is a whole one: signed calls, texts both ways, receipts.
//
// # Adding a network
//
// "puente new network acme" writes the folder services/egress/acme: a network that works and passes the kit, against an
// API that does not exist. Put the vendor's in its place, in this order:
//
//  1. Account (account.go): a struct of what a business has to configure. Each field has a json name and a doc tag, which
//     says where the vendor shows it; doc_es says it in Spanish, for the console. A field is required unless it is
//     omitempty. A credential is a [Secret], or [Secrets] where the vendor lets two be valid at a time. A method Validate
//     ([Validator]) checks what is more than missing. A
//     setting api leads to another host, for tests and regions; [CheckAddress] checks it. Where several channels share one
//     rate at the vendor's, [Identity] says by what; where each contract has a rate of its own, [Agreed] says which.
//  2. Webhook (network.go): how a call is told from a forged one, as data. See package webhook. Ingress verifies calls, so
//     a network's service that is down loses none; public keys that a vendor publishes (KeySet of package proof) the
//     runtime fetches. A network that makes no calls has a [Listener] instead.
//  3. Receive (receive.go): a call becomes events, each by a constructor: [MessageEvent], [EchoEvent], [ReceiptEvent],
//     [WatermarkEvent], [UnreadableEvent], [IgnoredEvent]. It is pure, and is given the account beside the call: what is
//     about another account is not this channel's. Every kind of the vendor's list ends as something: a message, an
//     attachment by its handle, a short text in brackets for what cannot be carried (Note of package content), or an
//     ignored event with a word. A message with several files is an event for each, whose keys count them. One event that
//     cannot be read takes none of its call with it.
//  4. Carries, Confirms and Rates (network.go): what fits into one message, what the network tells of one that it took, how
//     often it may be sent to. Each statement is made with the vendor's [Page]. The translator splits and degrades
//     messages beforehand, so that what comes to Send fits.
//  5. Send (send.go): one message, one call, and the ref that the network answers with. [IdempotencyKey] goes with it
//     where the network drops repeats or hands an id back, as a [ShortKey] or a [NumberKey] where it takes no longer one; then
//     Confirms says IdempotencyKey or OwnID.
//  6. Errors (errors.go): the vendor's refusals by their codes, from its documentation. See below.
//  7. Abilities (network.go): what the network can do besides, each with the type that does it. [Fetcher] opens
//     attachments that come in by a handle, [Setter] registers the webhook, [Instructor] says how a person does, [Checker]
//     asks whether the credentials are good, [Inspector] where the network calls. Mimic makes up a call, for who tries a channel
//     without the network: every network in this repository that is called has it.
//  8. One line in services/puente/builtin/builtin.go, and cmd/egress-acme/main.go, which is runtime.Main(acme.Network). The command
//     has written both.
//
// In this repository a network is named in these places besides; tests miss it in most of them:
//
//   - for people: the table of README.md, .github/README.es.md, and the ID types of services/egress/bonychat/README.md;
//   - for Kubernetes: networks in values.yaml, README.md and ci/full.yaml of deploy/chart/puente, and its files/networks.json, which
//     "GOWORK=off go test . -run WhatIsGenerated -update" writes in deploy/check; the image in deploy/docker-bake.hcl;
//   - for tests: an account in services/puente/trigger/trigger_test.go, and, where calls hold a credential as it is, its field in
//     services/puente/builtin/door_test.go;
//   - what "go test ./services/puente/operate -run TestAnswers -update" writes, and a step of .ci/run for a judge that has to be
//     installed. Then "go test ./services/puente ./services/puente/builtin ./services/puente/trigger".
//
// A package is named as the network is in the configuration, lower-case letters and digits; its value is Network, its
// settings Account; what talks is sender. The address of a contact is the vendor's own, of a phone in E.164.
//
// # Testing it
//
// One line plays the golden conversations of testdata and holds the network to all rules; package providertest has them:
//
//	func TestConversations(t *testing.T) { providertest.Run(t, acme.Network, "testdata") }
//
// A conversation is what the network calls, and what it answers; "go test -update" writes what follows from it, and you
// read that. Take the vendor's samples, one conversation for each page of its documentation, and the unhappy ones first:
// refused, throttled, lost, repeated, out of order. Where the vendor describes its API in OpenAPI, package
// providertest/openapi judges every request by it. Where the network has a protocol of its own, Kit.Peer is a codec that shows it as text.
//
// # What became of a send
//
// It is the error that Send returns, and the runtime does what it says: nil where the network took the message, an error of
// package outcome where it did not. [outcome.Reject] is final, [outcome.Wait] is exactly as told, [outcome.Suspend] is a
// credential that is no good, [outcome.Uncertain] may have been taken, [outcome.Temporary] is tried again; so is any other
// error, for 15 minutes at most.
//
// The client classifies a request that was not answered. [httpclient.Response.Err] classifies an answer by its status alone,
// for networks that mean what HTTP means; most say more in the body. A code that nobody knows is no success. An answer that
// cannot be read is [httpclient.Response.Unanswered]. Reasons are for people, and in words of our own: what a network says may
// quote a number or a text, and no error holds personal data, a text or a credential.
//
// # What the runtime does
//
// Who sends for which channel, one queue for each contact, rates, retries, resuming of split messages, looking up what may
// have been sent already, storing of attachments, the listening and its cursor, spans, health and shutdown. It is not a
// network's job to retry, to sleep, to log, to keep state between messages elsewhere than in [State], or to build an HTTP client: [httpclient.Client]
// bounds every call, guards addresses that came from outside, and knows whether a request was written. A [Host] has it,
// with what a network may need besides: reply tokens, files made public, the webhook's address, and small values that are kept for
// good ([State]), such as a token that changes with each use ([Token]).
//
// # What an author does not need
//
// These names are for who runs networks, sends for a platform, or writes a kit: [Driver], [Bound], [Description], [Field],
// [Platform] and [PlatformSender]. They are here because a Network makes them of what its author declares.
package provider
