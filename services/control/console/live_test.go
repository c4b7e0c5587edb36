package console_test

import (
	"bufio"
	"context"
	"net/http"
	"slices"
	"strings"
	"testing"

	controlv1 "github.com/bonychat/puente/proto/gen/puente/control/v1"
)

// follow opens a stream of events of a page.
func (b *browser) follow(ctx context.Context, path string) *http.Response {
	b.t.Helper()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, b.url+"/console/"+path, nil)
	if err != nil {
		b.t.Fatal(err)
	}
	answer, err := b.client.Do(r)
	if err != nil {
		b.t.Fatal(err)
	}
	b.t.Cleanup(func() { answer.Body.Close() })
	return answer
}

// However much happens, a page is told now and then that it has.
func TestEventsAreToldTogether(t *testing.T) {
	t.Parallel()
	g := start(t)
	const hops = 10_000
	g.api.Hops = slices.Repeat([]*controlv1.WatchResponse{{Hop: &controlv1.Hop{Hop: "sent", Id: "01a2"}}}, hops)
	answer := g.as(reader).follow(t.Context(), "live")
	if kind := answer.Header.Get("Content-Type"); answer.StatusCode != http.StatusOK || kind != "text/event-stream" {
		t.Fatalf("%d, %s", answer.StatusCode, kind)
	}
	var events []string
	for lines := bufio.NewScanner(answer.Body); lines.Scan(); {
		if event, ok := strings.CutPrefix(lines.Text(), "event: "); ok {
			events = append(events, event)
		}
	}
	if len(events) < 2 || events[0] != "ready" || events[1] != "change" || len(events) > hops/100 {
		t.Errorf("%d events: %q", len(events), events[:min(len(events), 5)])
	}
}

// What a page follows is asked of the API, by whoever follows.
func TestAPageFollowsWhatItIsAbout(t *testing.T) {
	t.Parallel()
	g := start(t)
	g.as(reader).follow(t.Context(), "live?channel=tienda-telegram&id=01a2").Body.Close()
	if r := asked[*controlv1.WatchRequest](g); len(r) != 1 || r[0].GetChannel() != "tienda-telegram" || r[0].GetId() != "01a2" {
		t.Errorf("%v", r)
	}
	if answer := g.browser().follow(t.Context(), "live"); answer.StatusCode != http.StatusForbidden {
		t.Errorf("a stranger: %d", answer.StatusCode)
	}
}

func TestFollowersAreBounded(t *testing.T) {
	t.Parallel()
	g := start(t)
	g.api.WatchLasts = true
	b := g.as(reader)
	ctx, leave := context.WithCancel(t.Context())
	defer leave()
	last := 0
	for range 100 {
		if last = b.follow(ctx, "live").StatusCode; last != http.StatusOK {
			break
		}
	}
	if last != http.StatusServiceUnavailable {
		t.Errorf("the hundredth: %d", last)
	}
}
