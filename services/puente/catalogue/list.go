// Package catalogue shows people what networks there are and what each of them declares: a table of all, a page for
// one, and both as JSON. It says nothing that stands in a network's declaration already in other words.
package catalogue

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/reason"
)

// List writes a table of networks, a line each.
func List(out io.Writer, all []provider.Description) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "NETWORK\tCARRIES\tRECEIPTS\tDROPS REPEATS\tHEARD BY\tDOCUMENTATION")
	for _, d := range all {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\n", d.Name, carried(d.Carries), yes(d.Confirms.Receipts != ""), yes(d.Confirms.IdempotencyKey != ""), heard(d), d.Doc)
	}
	return w.Flush()
}

// network is a description with what it leaves out of the bucket NETWORKS: the reasons, with the network's name before their
// codes, as they are told.
type network struct {
	provider.Description
	Reasons []reason.Reason `json:"reasons"`
}

func whole(d provider.Description) network {
	n := network{d, []reason.Reason{}}
	for _, r := range d.Reasons.All() {
		n.Reasons = append(n.Reasons, r.Of(d.Name))
	}
	return n
}

// One writes a description for machines, indented.
func One(w io.Writer, d provider.Description) error { return indented(w, whole(d)) }

// All writes descriptions for machines, as a list, indented.
func All(w io.Writer, all []provider.Description) error {
	list := []network{}
	for _, d := range all {
		list = append(list, whole(d))
	}
	return indented(w, list)
}

func indented(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(v)
}

func yes(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

// carried is what goes as such, in a few words.
func carried(c provider.Carries) string {
	var with, without []string
	for _, kind := range []struct {
		word string
		is   bool
	}{{"image", c.Image != ""}, {"video", c.Video != ""}, {"audio", c.Audio != ""}, {"file", c.File != ""}, {"place", c.Location != ""}, {"buttons", c.Buttons.Max > 0}} {
		if kind.is {
			with = append(with, kind.word)
		} else {
			without = append(without, kind.word)
		}
	}
	switch {
	case len(without) == 0:
		return "everything"
	case len(without) <= len(with):
		return "all but " + strings.Join(without, ", ")
	default:
		return strings.Join(append([]string{"text"}, with...), ", ")
	}
}

// heard is how a network's messages come in.
func heard(d provider.Description) string {
	switch {
	case d.Webhook != nil && slices.Contains(d.Abilities, "Called"):
		return "both"
	case d.Webhook != nil && d.Listens:
		return "either"
	case d.Webhook != nil:
		return "webhook"
	case d.Listens:
		return "listening"
	default:
		return "nothing"
	}
}
