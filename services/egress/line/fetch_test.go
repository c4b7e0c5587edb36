package line_test

import (
	"io"
	"testing"

	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"

	"github.com/bonychat/puente/pkg/delivery/result"
	"github.com/bonychat/puente/pkg/provider"

	"github.com/bonychat/puente/pkg/provider/outcome"
	"github.com/bonychat/puente/services/egress/line/linetest"
)

// A film that LINE is still preparing is waited for.
func TestFetchWaitsForAFilm(t *testing.T) {
	b := start(t)
	b.api.AddContent("17", linetest.Content{Data: []byte("film"), MediaType: "video/mp4", Preparing: 2})
	fetcher, a := b.open().(provider.Fetcher), &messagev1.Attachment{Handle: "17"}
	for range 2 {
		if _, err := fetcher.Fetch(t.Context(), a); outcome.Classify(err) == nil || outcome.Classify(err).Class != result.Waiting {
			t.Fatalf("%v", err)
		}
	}
	file, err := fetcher.Fetch(t.Context(), a)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Body.Close()
	if data, err := io.ReadAll(file.Body); string(data) != "film" || err != nil || file.MediaType != "video/mp4" {
		t.Errorf("%q, %s: %v", data, file.MediaType, err)
	}
}

// A handle is one segment of a path, whatever is in it.
func TestFetchLeavesItsPathToNobody(t *testing.T) {
	b := start(t)
	_, err := b.open().(provider.Fetcher).Fetch(t.Context(), &messagev1.Attachment{Handle: "../../info?x=/"})
	if f := outcome.Classify(err); f == nil || f.Class != result.Rejected {
		t.Errorf("%v", err)
	}
	for _, c := range b.api.Calls() {
		if c.Name == "GET /v2/bot/info" {
			t.Error("called another path")
		}
	}
}
