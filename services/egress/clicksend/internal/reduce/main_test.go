package main

import (
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const source = "https://github.com/ClickSend/clicksend-java-v2/blob/07b617d9b9694cb911a3d4e1cb1c0f85cf8d500d/api/openapi.yaml"

// What is reduced already stays as it is: the committed file is one that this program writes.
func TestTheCommittedFileIsReduced(t *testing.T) {
	committed, err := os.ReadFile("../../testdata/openapi.json")
	if err != nil {
		t.Fatal(err)
	}
	got, err := reduce(committed, source)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(committed), string(got)); diff != "" {
		t.Error(diff)
	}
}

func TestReduce(t *testing.T) {
	for name, description := range map[string]string{
		"no YAML":              "{",
		"without the calls":    "openapi: 3.0.0\npaths: {}",
		"without their schema": `{"paths": {"/v3/sms/send": {"post": {"responses": {"200": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/x"}}}}}}}}}`,
	} {
		if _, err := reduce([]byte(description), source); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}
