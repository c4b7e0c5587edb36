package natsconf

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/topology/rights"
)

// Hub is the account that holds the streams, and APIPrefix what the services of other accounts have in front of JetStream's
// subjects: nats.api_prefix of their configuration.
const (
	Hub       = "PUENTE"
	APIPrefix = "hub.api"
)

// Services are the names of all services of a deployment with these networks, [rights.Operator] first.
func Services(networks []string) []string {
	all := []string{rights.Operator}
	for _, r := range rights.Of(networks) {
		all = append(all, r.Service)
	}
	return all
}

// AccountOf is the account of a service.
func AccountOf(r rights.Set) string {
	switch {
	case r.Operator:
		return Hub
	case r.Network != "":
		return "NET_" + r.Network
	default:
		return "SVC_" + r.Service
	}
}

// Accounts is the part "accounts" of a server's configuration, for a deployment with these networks. keys holds the public key of
// every service by its name; a service without one is an error. others are networks that have streams and no service. upgrading also
// gives what services of the earlier version need, see [rights.Upgrading].
func Accounts(networks, others []string, keys map[string]string, upgrading bool) (string, error) {
	for _, name := range Services(networks) {
		if keys[name] == "" {
			return "", fmt.Errorf("there is no key for %s", name)
		}
	}
	all := rights.Of(networks, others...)
	if upgrading {
		all = rights.Upgrading(all)
	}
	w := &writer{}
	w.line(0, "accounts {")
	w.line(1, "%s {", Hub)
	w.line(2, "jetstream: enabled")
	w.line(2, "users: [")
	w.line(3, "{nkey: %s}  # %s: may do everything", keys[rights.Operator], rights.Operator)
	for _, r := range all {
		if r.Operator {
			w.user(r, keys[r.Service], func(s string) string { return s })
		}
	}
	w.line(2, "]")
	w.exports(all)
	w.hubImports(all)
	w.line(1, "}")
	for _, r := range all {
		if !r.Operator {
			w.account(r, keys[r.Service])
		}
	}
	w.line(0, "}")
	return w.String(), nil
}

// Block is what the configuration of a service says about NATS besides its address. seed is where its seed is, as the
// configuration refers to it.
func Block(service string, networks []string, seed string) string {
	prefix := ""
	for _, r := range rights.Of(networks) {
		if r.Service == service && !r.Operator {
			prefix = ", api_prefix: " + APIPrefix
		}
	}
	return fmt.Sprintf("nats: {nkey: %s%s}", strconv.Quote(seed), prefix)
}

type writer struct{ strings.Builder }

func (w *writer) line(depth int, format string, args ...any) {
	fmt.Fprintf(w, strings.Repeat("  ", depth)+format+"\n", args...)
}

// user is a service's user, held to its rights by permissions: named is how its account calls a subject of the hub. In an account of
// its own this is the second wall, and what tells the log of whoever tries it.
func (w *writer) user(r rights.Set, key string, named func(string) string) {
	w.line(3, "{nkey: %s, permissions: {  # %s", key, r.Service)
	w.line(4, "publish: {allow: [")
	for _, s := range slices.Concat(r.Publish, r.Pull) {
		w.line(5, "%s", strconv.Quote(named(s)))
	}
	w.line(4, "]}")
	w.line(4, "subscribe: {allow: [")
	for _, s := range slices.Concat(inboxes(r), r.Hear, r.Answer) {
		w.line(5, "%s", strconv.Quote(s))
	}
	w.line(4, "]}")
	if len(r.Answer) > 0 {
		w.line(4, "allow_responses: true")
	}
	w.line(3, "}}")
}

// inboxes are where a service is answered.
func inboxes(r rights.Set) (all []string) {
	for _, name := range r.Connections {
		all = append(all, bus.InboxOf("", name)+".>")
	}
	return all
}

// exports are what the hub lets each account use, one line a subject with all of its accounts.
func (w *writer) exports(all []rights.Set) {
	accounts, order := map[string][]string{}, []string{}
	add := func(line string, r rights.Set) {
		if accounts[line] == nil {
			order = append(order, line)
		}
		accounts[line] = append(accounts[line], AccountOf(r))
	}
	for _, r := range all {
		if r.Operator {
			continue
		}
		for _, s := range r.Publish {
			add("service: "+strconv.Quote(s), r)
		}
		for _, s := range r.Pull {
			add("service: "+strconv.Quote(s)+", response_type: Stream", r)
		}
		for _, s := range slices.Concat(inboxes(r), r.Hear) {
			add("stream: "+strconv.Quote(s), r)
		}
	}
	slices.Sort(order)
	w.line(2, "exports: [")
	for _, line := range order {
		w.line(3, "{%s, accounts: [%s]}", line, strings.Join(accounts[line], ", "))
	}
	w.line(2, "]")
}

// hubImports are the requests that services of other accounts answer.
func (w *writer) hubImports(all []rights.Set) {
	w.line(2, "imports: [")
	for _, r := range all {
		for _, s := range r.Answer {
			w.line(3, "{service: {account: %s, subject: %s}}", AccountOf(r), strconv.Quote(s))
		}
	}
	w.line(2, "]")
}

// account is a service in an account of its own: what is not imported is not there.
func (w *writer) account(r rights.Set, key string) {
	w.line(1, "%s {", AccountOf(r))
	w.line(2, "users: [")
	w.user(r, key, func(s string) string {
		if to := movedTo(s); to != "" {
			return to
		}
		return s
	})
	w.line(2, "]")
	if len(r.Answer) > 0 {
		w.line(2, "exports: [")
		for _, s := range r.Answer {
			w.line(3, "{service: %s, accounts: [%s]}", strconv.Quote(s), Hub)
		}
		w.line(2, "]")
	}
	w.line(2, "imports: [")
	for _, s := range slices.Concat(r.Publish, r.Pull) {
		w.line(3, "{service: {account: %s, subject: %s}%s}", Hub, strconv.Quote(s), moved(s))
	}
	for _, s := range slices.Concat(inboxes(r), r.Hear) {
		w.line(3, "{stream: {account: %s, subject: %s}}", Hub, strconv.Quote(s))
	}
	w.line(2, "]")
	w.line(1, "}")
}

// moved says under which other name an account imports a subject, "" for its own.
func moved(subject string) string {
	if to := movedTo(subject); to != "" {
		return ", to: " + strconv.Quote(to)
	}
	return ""
}

// movedTo is where an account finds an imported subject: JetStream's API and buckets under the prefix, since the server answers
// for an account without streams under the API's own name; "" for everything else, which is under its name.
func movedTo(subject string) string {
	rest, api := strings.CutPrefix(subject, "$JS.API.")
	if !api && !strings.HasPrefix(subject, "$KV.") {
		return ""
	}
	return APIPrefix + "." + rest
}
