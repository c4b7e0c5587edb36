// Package provider is the SDK for authors of networks. Everything that Puente knows about a messaging network is one value of type
// [Network]. Package runtime runs it, alone or in the all-in-one; authors need only runtime.Main of that package. The platform on the
// other side is a [Platform] value.
//
// A network's code uses four more packages: content puts what a contact wrote into its canonical form (receive.go), httpclient calls the
// network (send.go), outcome has the errors that say what became of a send (errors.go), and reason has the sentences for people, in
// English and Spanish (reasons.go).
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
//     says where the vendor shows it; doc_es says it in Spanish, for the console. The tags label and label_es are what the
//     console calls it. A tag values lists all that it can have, such as webhook,poll, the default first. A field is required
//     unless it is omitempty. A credential is a [Secret], or [Secrets] if the vendor lets two be valid at a time. A method Validate
//     ([Validator]) checks more than that required settings are there. A setting api names another host, for tests and regions;
//     [CheckAddress] checks it. If several channels share one rate at the vendor's, [Identity] says which; if each contract has a rate of
//     its own, [Agreed] says which. [Exclusive] says what two channels cannot both have, such as the number that contacts write to.
//  2. Webhook (network.go): how a genuine call is told from a forged one, as data. See package webhook. Ingress verifies calls,
//     so that none is lost while a network's service is down. Public keys that a vendor publishes (KeySet of package proof) are fetched
//     by the runtime. A network that makes no calls has a [Listener] instead.
//  3. Receive (receive.go): makes events of a call, each with a constructor: [MessageEvent], [EchoEvent], [ReceiptEvent],
//     [WatermarkEvent], [UnreadableEvent], [IgnoredEvent]. It is pure. It is given the account beside the call, to notice what is
//     about another account. Every kind of event in the vendor's documentation becomes something: a message, an attachment by its
//     handle, a short text in brackets for what cannot be carried (Note of package content), or an ignored event with a word. A
//     message with several files becomes an event for each, with keys that count them. An event that cannot be read must not affect the
//     other events of its call.
//  4. Carries, Confirms and Rates (network.go): what fits into one message, what the network tells about a message that it took, and how
//     often it may be sent to. Each statement has the vendor's [Page]. The translator splits and simplifies messages
//     beforehand, so that every message given to Send fits.
//  5. Send (send.go): one message, one call, and the id that the network answers with (the ref). If the network drops repeats or hands an
//     id back, send [IdempotencyKey] with the message, or a [ShortKey] or [NumberKey] if it takes no longer one; then set
//     IdempotencyKey or OwnID in Confirms.
//  6. Errors (errors.go): the vendor's refusals by their codes, from its documentation. See below.
//  7. Abilities (network.go): what else the network can do, each with the type that does it. [Fetcher] opens
//     attachments that come as a handle, [Setter] registers the webhook, [Instructor] tells a person how to, [Checker]
//     asks whether the credentials are good, [Inspector] asks which webhook the network calls. Mimic makes up a call, for people who try
//     a channel without the network: every network in this repository that makes calls has it.
//  8. One line in services/puente/builtin/builtin.go, and cmd/egress-acme/main.go, which is runtime.Main(acme.Network). The command
//     has written both.
//
// In this repository a network is also named in the following places; tests fail where most of them are missing:
//
//   - for people: the table of README.md, .github/README.es.md, and the ID types of services/egress/bonychat/README.md;
//   - for Kubernetes: networks in values.yaml, README.md and ci/full.yaml of deploy/chart/puente, and its files/networks.json, which
//     "GOWORK=off go test . -run WhatIsGenerated -update" writes in deploy/check; the image in deploy/docker-bake.hcl;
//   - for tests: an account in services/puente/trigger/trigger_test.go, and, where calls hold a credential as it is, its field in
//     services/puente/builtin/door_test.go;
//   - what "go test ./services/puente/operate -run TestAnswers -update" writes, and a step of .ci/run for a judge that has to be
//     installed. Then "go test ./services/puente ./services/puente/builtin ./services/puente/trigger".
//
// The package has the network's name in the configuration, in lower-case letters and digits. Its value is called Network, its settings
// Account, and the type that talks to the network sender. The address of a contact is the vendor's id; a phone number is in E.164.
//
// # Testing it
//
// One line plays the golden conversations of testdata and checks the network by all rules; package providertest lists them:
//
//	func TestConversations(t *testing.T) { providertest.Run(t, acme.Network, "testdata") }
//
// A conversation holds the calls that the network makes, and its answers. "go test -update" writes what Puente makes of them: read it, and
// commit it if it is right. Take the vendor's samples, one conversation for each page of its documentation, and the unhappy ones
// first: refused, throttled, lost, repeated, out of order. If the vendor describes its API in OpenAPI, package providertest/openapi
// checks every request by it. If the network has a protocol of its own, Kit.Peer is a codec that shows it as text.
//
// # What became of a send
//
// The error that Send returns says it: nil if the network took the message, and otherwise an error of package outcome.
// [outcome.Reject] is final, [outcome.Wait] is tried again after exactly this time, [outcome.Suspend] means that the credential is
// refused, [outcome.Uncertain] that the message may have been taken; [outcome.Temporary] is tried again, and so is any other error, for 15
// minutes at most.
//
// The client classifies a request that was not answered. [httpclient.Response.Err] classifies an answer by its status alone, for networks
// that use statuses as HTTP means them; most say more in the body. An unknown code is no success. For an answer that cannot be read
// return [httpclient.Response.Unanswered]. Reasons are for people, in words of our own, because a network's words may quote a number or
// a text: no error may hold personal data, a text or a credential.
//
// # What the runtime does
//
// It decides which process sends for which channel. It keeps one queue for each contact, the rates, the retries, the parts of split
// messages, and the cursor of a listener. It looks up what may have been sent already, stores attachments, makes spans, and does health
// checks and shutdown. A network must not retry, sleep, log, keep state between messages outside of [State], or build an HTTP client.
// [httpclient.Client] bounds every call, guards addresses that came from outside, and knows whether a request was written. A [Host] has
// it, and what else a network may need: reply tokens, publishing of files, the webhook's address, and small values that are kept for good
// ([State]), such as a token that changes with each use ([Token]).
//
// # What an author does not need
//
// These names are for code that runs networks, sends for a platform, or tests networks: [Driver], [Bound], [Description], [Field],
// [Platform] and [PlatformSender].
package provider
