package main

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bonychat/puente/pkg/provider/providertest/conversation"
	"github.com/bonychat/puente/pkg/provider/providertest/openapi"
)

// reduced reduces the test's description and reads what comes out.
func reduced(t *testing.T, r *reducer) (*document, *openapi.API) {
	t.Helper()
	doc, err := r.reduce([]string{"testdata/rooms.yaml"})
	if err != nil {
		t.Fatal(err)
	}
	data, err := json.Marshal(doc)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(data), "prose\"") {
		t.Errorf("prose is kept: %s", data)
	}
	a, err := openapi.Load(data, openapi.Options{Strict: true})
	if err != nil {
		t.Fatalf("%v: %s", err, data)
	}
	return doc, a
}

func TestOnlyWhatIsUsedIsKept(t *testing.T) {
	doc, a := reduced(t, &reducer{wanted: []string{"PUT /rooms/{room}/send"}})
	if got, want := a.Operations(), []string{"PUT /client/v3/rooms/{room}/send"}; !slices.Equal(got, want) {
		t.Errorf("operations %q, want %q", got, want)
	}
	kept := map[string][]string{}
	for section, all := range doc.Components {
		kept[section] = slices.Sorted(maps.Keys(all))
	}
	if diff := cmp.Diff(map[string][]string{"securitySchemes": {"bearer"}, "schemas": {"event", "shared.words"}}, kept); diff != "" {
		t.Error(diff)
	}
	header := []string{"Authorization: Bearer x", "Content-Type: application/json"}
	for body, right := range map[string]bool{
		`{"title": "a", "enum": "description", "words": {"description": "b", "next": {"next": {}}}}`: true,
		`{"words": {}}`: false, `{"title": "a", "words": {"next": {"nxt": {}}}}`: false, `{"title": "a", "enum": "no"}`: false,
	} {
		_, err := a.Check(conversation.Request{Line: "PUT /client/v3/rooms/!a/send?limit=3", Header: header, Body: body})
		if (err == nil) != right {
			t.Errorf("%s: %v", body, err)
		}
	}
}

func TestMoreIsKeptAndLess(t *testing.T) {
	doc, a := reduced(t, &reducer{wanted: []string{"PUT /client/v3/rooms/{room}/send"}, keep: []string{"Hook"}, drop: []string{"HookB"}, answers: true})
	if got, want := slices.Sorted(maps.Keys(doc.Components["schemas"])), []string{"Answer", "Hook", "HookA", "event", "shared.words"}; !slices.Equal(got, want) {
		t.Errorf("schemas %q, want %q", got, want)
	}
	if err := a.Schema("Hook", []byte(`{"kind": "b", "b": "x"}`)); err == nil {
		t.Error("a kind that was dropped is known")
	}
	if err := a.Schema("Hook", []byte(`{"kind": "a", "a": "x"}`)); err != nil {
		t.Error(err)
	}
}

func TestWhatIsNotThereIsAMistake(t *testing.T) {
	for _, r := range []*reducer{{wanted: []string{"GET /nowhere"}}, {keep: []string{"Nothing"}}} {
		if _, err := r.reduce([]string{"testdata/rooms.yaml"}); err == nil || !strings.Contains(err.Error(), "no such") {
			t.Errorf("got %v", err)
		}
	}
}
