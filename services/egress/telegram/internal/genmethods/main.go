// Genmethods reduces a description of the Bot API to the methods that the Telegram network uses: their parameters,
// and the types that those are made of.
//
//	go run ./internal/genmethods -in api.json -out testdata/methods.json
//
// The input is api.json of github.com/PaulSonOfLars/telegram-bot-api-spec.
package main

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"log"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/bonychat/puente/services/egress/telegram/internal/oracle"
)

// methods are those that are used.
var methods = []string{
	"deleteWebhook", "getFile", "getMe", "getUpdates", "getWebhookInfo", "sendAnimation", "sendAudio", "sendDocument",
	"sendLocation", "sendMessage", "sendPhoto", "sendVideo", "sendVoice", "setWebhook",
}

type input struct {
	Version string          `json:"version"`
	Methods map[string]item `json:"methods"`
	Types   map[string]item `json:"types"`
}

type item struct {
	Subtypes []string `json:"subtypes"`
	Fields   []struct {
		Name        string   `json:"name"`
		Types       []string `json:"types"`
		Required    bool     `json:"required"`
		Description string   `json:"description"`
	} `json:"fields"`
}

func main() {
	log.SetFlags(0)
	in := flag.String("in", "", "api.json")
	out := flag.String("out", "", "where the table goes")
	flag.Parse()
	if err := run(*in, *out); err != nil {
		log.Fatal(err)
	}
}

func run(in, out string) error {
	data, err := os.ReadFile(in)
	if err != nil {
		return err
	}
	var api input
	if err := json.Unmarshal(data, &api); err != nil {
		return fmt.Errorf("read %s: %w", in, err)
	}
	table := oracle.Table{Version: api.Version, Methods: map[string]oracle.Object{}, Types: map[string]oracle.Object{}}
	var todo []string
	for _, name := range methods {
		m, ok := api.Methods[name]
		if !ok {
			return fmt.Errorf("%s: no such method", name)
		}
		table.Methods[name] = reduce(m)
		todo = append(todo, references(table.Methods[name])...)
	}
	for len(todo) > 0 {
		name := todo[0]
		todo = todo[1:]
		t, ok := api.Types[name]
		if _, done := table.Types[name]; done || !ok {
			continue // scalars are no types of the description
		}
		table.Types[name] = reduce(t)
		todo = append(todo, references(table.Types[name])...)
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", " ")
	if err := e.Encode(table); err != nil {
		return err
	}
	return os.WriteFile(out, b.Bytes(), 0o644)
}

func reduce(i item) oracle.Object {
	o := oracle.Object{Fields: map[string]oracle.Field{}, OneOf: i.Subtypes}
	for _, f := range i.Fields {
		field := oracle.Field{Types: f.Types, Required: f.Required}
		field.Min, field.Max, field.Unit = length(f.Description)
		o.Fields[f.Name] = field
	}
	return o
}

var lengths = regexp.MustCompile(`\b(\d+)-(\d+) (characters|bytes)\b`)

// length is how long a text may be, as its description says.
func length(description string) (least, most int, unit string) {
	found := lengths.FindStringSubmatch(description)
	if found == nil {
		return 0, 0, ""
	}
	least, _ = strconv.Atoi(found[1])
	most, _ = strconv.Atoi(found[2])
	return least, most, found[3]
}

func references(o oracle.Object) []string {
	names := slices.Clone(o.OneOf)
	for _, f := range o.Fields {
		for _, t := range f.Types {
			for strings.HasPrefix(t, oracle.ArrayOf) {
				t = strings.TrimPrefix(t, oracle.ArrayOf)
			}
			names = append(names, t)
		}
	}
	return names
}
