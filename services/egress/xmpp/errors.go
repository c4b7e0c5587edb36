package xmpp

import (
	"errors"
	"fmt"
	"time"

	"github.com/bonychat/puente/pkg/provider/outcome"
	"github.com/bonychat/puente/pkg/reason"
	"github.com/bonychat/puente/services/egress/xmpp/internal/stanza"
)

// Namespaces of errors.
const (
	streamErrors = "urn:ietf:params:xml:ns:xmpp-streams"
	stanzaErrors = "urn:ietf:params:xml:ns:xmpp-stanzas"
)

const (
	// conflictPause is how long a component that is connected elsewhere is left alone: a server notices a dead connection late.
	conflictPause = 5 * time.Second
	// boundedFor is how long a message is tried whose refusal nobody knows.
	boundedFor = 15 * time.Minute
)

// What a stream says of a stanza.
var (
	errNotSaid = errors.New("not written: the stream ends")
	errLost    = errors.New("the stream was lost before the answer")
	// errElsewhere is the error of a stream that another one is in the way of.
	errElsewhere = errors.New("stream error conflict")
)

// streamConditions are those of https://www.rfc-editor.org/rfc/rfc6120#section-4.9.3 that may be told: what a server says is
// else not repeated.
var streamConditions = known(
	"bad-format", "bad-namespace-prefix", "conflict", "connection-timeout", "host-gone", "host-unknown", "improper-addressing",
	"internal-server-error", "invalid-from", "invalid-namespace", "invalid-xml", "not-authorized", "not-well-formed", "policy-violation",
	"remote-connection-failed", "reset", "resource-constraint", "restricted-xml", "see-other-host", "system-shutdown",
	"undefined-condition", "unsupported-encoding", "unsupported-feature", "unsupported-stanza-type", "unsupported-version",
)

// stanzaConditions are those of https://www.rfc-editor.org/rfc/rfc6120#section-8.3.3
var stanzaConditions = known(
	"bad-request", "conflict", "feature-not-implemented", "forbidden", "gone", "internal-server-error", "item-not-found", "jid-malformed",
	"not-acceptable", "not-allowed", "not-authorized", "policy-violation", "recipient-unavailable", "redirect", "registration-required",
	"remote-server-not-found", "remote-server-timeout", "resource-constraint", "service-unavailable", "subscription-required",
	"undefined-condition", "unexpected-request",
)

func known(names ...string) map[string]bool {
	all := map[string]bool{}
	for _, n := range names {
		all[n] = true
	}
	return all
}

// condition is the first of an error's conditions that is known, "unknown" for none.
func condition(e *stanza.Element, space string, known map[string]bool) string {
	if e != nil {
		for _, c := range e.Children {
			if c.Space == space && known[c.Name] {
				return c.Name
			}
		}
	}
	return "unknown"
}

// judgeStream says what a stream error means for whoever connects.
func judgeStream(e *stanza.Element) error {
	code := condition(e, streamErrors, streamConditions)
	cause := fmt.Errorf("stream error %s", code)
	switch code {
	case "not-authorized":
		return outcome.Suspend(secretRefused, cause)
	case "host-unknown", "host-gone", "invalid-from", "improper-addressing":
		return outcome.Suspend(domainUnknown.With("code", code), cause)
	case "conflict":
		return outcome.WaitBecause(conflictPause, outcome.Channel, connectedElsewhere, errElsewhere)
	default:
		return outcome.Temporary(connectLater.With("code", code), cause)
	}
}

// refusal is what a stanza of the type error says: nil where it is no refusal.
type refusal struct {
	why   reason.Reason
	kind  string
	cause error
}

// refusalOf reads an error stanza (8.3). One of the type "continue" is a warning.
func refusalOf(e *stanza.Element) *refusal {
	said := e.Child(stanza.Content, "error")
	r := &refusal{kind: said.Attr("type")}
	if r.kind == "continue" {
		return nil
	}
	code := condition(said, stanzaErrors, stanzaConditions)
	r.cause = fmt.Errorf("error stanza %s", code)
	switch code {
	case "item-not-found", "service-unavailable", "recipient-unavailable", "gone", "jid-malformed", "redirect":
		r.why = notReached
	case "remote-server-not-found", "remote-server-timeout":
		r.why = serverNotReached
	case "forbidden", "not-allowed", "not-authorized", "registration-required", "subscription-required", "not-acceptable", "policy-violation":
		r.why = blocked
	default:
		r.why = refused
	}
	if r.kind == "wait" {
		r.why = later
	}
	r.why = r.why.With("code", code)
	return r
}

// judge says what a refusal means for a message that is being sent.
func (r *refusal) judge() error {
	if r == nil {
		return nil
	}
	switch r.kind {
	case "wait":
		return outcome.Temporary(r.why, r.cause)
	case "cancel", "auth", "modify":
		return outcome.Reject(r.why, r.cause)
	default:
		return outcome.TemporaryFor(boundedFor, r.why, r.cause)
	}
}
