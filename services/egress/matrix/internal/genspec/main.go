// Genspec reduces the Matrix specification's descriptions to what the oracle asks: the calls that the network makes and
// takes, and the events that it reads and sends, each with its references resolved and its prose left out.
//
//	go run ./internal/genspec -in path/to/matrix-spec/data -out testdata/spec.json
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"log"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// wanted are the calls, by file, as method and path there.
var wanted = map[string][]string{
	"application-service/ping.yaml":          {"post /ping"},
	"application-service/query_room.yaml":    {"get /rooms/{roomAlias}"},
	"application-service/query_user.yaml":    {"get /users/{userId}"},
	"application-service/transactions.yaml":  {"put /transactions/{txnId}"},
	"client-server/account-data.yaml":        {"put /user/{userId}/account_data/{type}", "get /user/{userId}/account_data/{type}"},
	"client-server/appservice_ping.yaml":     {"post /appservice/{appserviceId}/ping"},
	"client-server/authed-content-repo.yaml": {"get /media/download/{serverName}/{mediaId}"},
	"client-server/content-repo.yaml":        {"post /media/v3/upload", "get /media/v3/download/{serverName}/{mediaId}"},
	"client-server/create_room.yaml":         {"post /createRoom"},
	"client-server/directory.yaml":           {"get /directory/room/{roomAlias}"},
	"client-server/event_context.yaml":       {"get /rooms/{roomId}/context/{eventId}"},
	"client-server/inviting.yaml":            {"post /rooms/{roomId}/invite "},
	"client-server/joining.yaml":             {"post /rooms/{roomId}/join"},
	"client-server/leaving.yaml":             {"post /rooms/{roomId}/leave"},
	"client-server/message_pagination.yaml":  {"get /rooms/{roomId}/messages"},
	"client-server/registration.yaml":        {"post /register"},
	"client-server/room_send.yaml":           {"put /rooms/{roomId}/send/{eventType}/{txnId}"},
	"client-server/room_state.yaml":          {"put /rooms/{roomId}/state/{eventType}/{stateKey}"},
	"client-server/rooms.yaml":               {"get /rooms/{roomId}/state/{eventType}/{stateKey}", "get /rooms/{roomId}/joined_members"},
	"client-server/sync.yaml":                {"get /sync"},
	"client-server/whoami.yaml":              {"get /account/whoami"},
}

// events are the event types, by their files' names.
var events = []string{
	"m.call.candidates", "m.call.invite", "m.reaction", "m.receipt", "m.room.canonical_alias", "m.room.encrypted", "m.room.encryption",
	"m.room.member", "m.room.message", "m.room.message$m.audio", "m.room.message$m.emote", "m.room.message$m.file",
	"m.room.message$m.image", "m.room.message$m.key.verification.request", "m.room.message$m.location", "m.room.message$m.notice",
	"m.room.message$m.server_notice", "m.room.message$m.text", "m.room.message$m.video", "m.room.name", "m.room.redaction", "m.sticker", "m.typing",
}

type operation struct {
	Method string `json:"method"`
	Path   string `json:"path"`
	Query  []any  `json:"query,omitempty"`
	Body   any    `json:"body,omitempty"`
	Answer any    `json:"answer,omitempty"`
}

func main() {
	in, out := flag.String("in", "", "the specification's folder data"), flag.String("out", "", "the file to write")
	flag.Parse()
	if err := run(*in, *out); err != nil {
		log.Fatal(err)
	}
}

func run(in, out string) error {
	r := &resolver{files: map[string]any{}}
	var spec struct {
		Operations []operation    `json:"operations"`
		Events     map[string]any `json:"events"`
		Filter     any            `json:"filter"`
	}
	for _, file := range slices.Sorted(maps.Keys(wanted)) {
		path := filepath.Join(in, "api", file)
		doc, err := r.load(path)
		if err != nil {
			return err
		}
		for _, want := range wanted[file] {
			op, err := r.operation(path, doc, want)
			if err != nil {
				return fmt.Errorf("%s: %s: %w", file, want, err)
			}
			spec.Operations = append(spec.Operations, op)
		}
	}
	spec.Events = map[string]any{}
	for _, name := range events {
		path := filepath.Join(in, "event-schemas", "schema", name+".yaml")
		doc, err := r.load(path)
		if err != nil {
			return err
		}
		if spec.Events[name], err = r.resolve(path, doc); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	path := filepath.Join(in, "api", "client-server", "definitions", "sync_filter.yaml")
	doc, err := r.load(path)
	if err != nil {
		return err
	}
	if spec.Filter, err = r.resolve(path, doc); err != nil {
		return err
	}
	data, err := json.MarshalIndent(spec, "", " ")
	if err != nil {
		return err
	}
	return os.WriteFile(out, append(data, '\n'), 0o644)
}

// operation takes one call out of a file.
func (r *resolver) operation(file string, doc any, want string) (operation, error) {
	method, path, _ := strings.Cut(want, " ")
	at, err := dig(doc, "paths", path, method)
	if err != nil {
		return operation{}, err
	}
	whole, err := r.resolve(file, at)
	if err != nil {
		return operation{}, err
	}
	base, err := dig(doc, "servers", 0, "variables", "basePath", "default")
	if err != nil {
		return operation{}, err
	}
	op := operation{Method: strings.ToUpper(method), Path: strings.TrimSpace(base.(string) + path)}
	if parameters, err := dig(whole, "parameters"); err == nil {
		for _, p := range parameters.([]any) {
			if p.(map[string]any)["in"] == "query" {
				op.Query = append(op.Query, p)
			}
		}
	}
	op.Body, _ = dig(whole, "requestBody", "content", "application/json", "schema")
	op.Answer, _ = dig(whole, "responses", "200", "content", "application/json", "schema")
	return op, nil
}

// dig goes down by keys and places.
func dig(v any, path ...any) (any, error) {
	for _, step := range path {
		switch step := step.(type) {
		case string:
			m, _ := v.(map[string]any)
			if v = m[step]; v == nil {
				return nil, fmt.Errorf("no %v", path)
			}
		case int:
			l, _ := v.([]any)
			if len(l) <= step {
				return nil, fmt.Errorf("no %v", path)
			}
			v = l[step]
		}
	}
	return v, nil
}
