package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/bonychat/puente/pkg/provider"
)

// catalogue lists what is built in, or tells all about one: what it declares, and nothing that is written twice.
func catalogue(args []string, stdout, stderr io.Writer) error {
	f := flags("networks", stderr)
	asJSON := f.Bool("json", false, "as JSON, for machines")
	words, err := parseWords(f, args, "[NAME]")
	if err != nil {
		return err
	}
	var all []provider.Description
	for _, d := range drivers {
		all = append(all, d.Describe())
	}
	if len(words) > 0 {
		return network(all, words[0], *asJSON, stdout)
	}
	if *asJSON {
		return writeJSON(stdout, all)
	}
	return list(all, stdout)
}

func network(all []provider.Description, name string, asJSON bool, stdout io.Writer) error {
	var names []string
	for _, d := range all {
		if d.Name != name {
			names = append(names, d.Name)
			continue
		}
		if asJSON {
			return writeJSON(stdout, d)
		}
		_, err := io.WriteString(stdout, about(d))
		return err
	}
	return fmt.Errorf("there is no network %q: there are %s", name, strings.Join(names, ", "))
}

func list(all []provider.Description, stdout io.Writer) error {
	w := tabwriter.NewWriter(stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "NETWORK\tCARRIES\tRECEIPTS\tDROPS REPEATS\tHEARD BY\tDOCUMENTATION")
	for _, d := range all {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\n", d.Name, carried(d.Carries), yes(d.Confirms.Receipts != ""), yes(d.Confirms.IdempotencyKey != ""), heard(d), d.Doc)
	}
	return w.Flush()
}

func writeJSON(w io.Writer, v any) error {
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
