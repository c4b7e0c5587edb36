// Reduce makes of a vendor's OpenAPI description the small one that is committed beside a network: the operations that
// are used, with the schemas that they are made of, without prose and examples.
//
//	go run github.com/bonychat/puente/pkg/provider/providertest/openapi/reduce \
//		-in messaging-api.yml -source https://github.com/line/line-openapi/blob/<commit>/messaging-api.yml \
//		-licence "Apache-2.0, LY Corporation" -out testdata/openapi.json \
//		"POST /v2/bot/message/push" "GET /v2/bot/info"
//
// -in and -source may be given several times, in the same order; references from file to file are followed. -keep names
// schemas that no operation refers to (a webhook's body), -drop those that are not wanted though something does,
// -answers keeps what the operations answer. Swagger 2.0 comes out as OpenAPI 3.
package main

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"log"
	"os"
	"strings"
)

// texts is a flag that may be given several times.
type texts []string

func (t *texts) String() string { return strings.Join(*t, ",") }

func (t *texts) Set(v string) error { *t = append(*t, v); return nil }

func main() {
	log.SetFlags(0)
	var in, sources, keep, drop texts
	flag.Var(&in, "in", "the vendor's description; may be repeated")
	flag.Var(&sources, "source", "where it is from: an address with its commit; one for each -in")
	flag.Var(&keep, "keep", "a schema that no operation refers to; may be repeated")
	flag.Var(&drop, "drop", "a schema that is not wanted; may be repeated")
	out := flag.String("out", "", "where the reduced description goes")
	licence := flag.String("licence", "", "the description's licence, and whose it is")
	answers := flag.Bool("answers", false, "keep what the operations answer")
	flag.Parse()
	switch {
	case len(in) == 0 || *out == "" || *licence == "" || len(sources) != len(in):
		log.Fatal("-in, -source (one for each -in), -licence and -out are required")
	case flag.NArg() == 0 && len(keep) == 0:
		log.Fatal("no operation is named, as in \"POST /messages\"")
	}
	r := &reducer{keep: keep, drop: drop, answers: *answers, wanted: flag.Args()}
	doc, err := r.reduce(in)
	if err != nil {
		log.Fatal(err)
	}
	doc.Info.Source, doc.Info.Licence = sources, *licence
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", " ")
	if err := e.Encode(doc); err != nil {
		log.Fatal(err)
	}
	if err := os.WriteFile(*out, b.Bytes(), 0o644); err != nil {
		log.Fatal(err)
	}
	fmt.Fprintf(os.Stderr, "%s: %d paths, %d bytes\n", *out, len(doc.Paths), b.Len())
}
