package discord

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// However often sessions are begun, they stay far from the 1,000 a day that cost the token.
func TestSessionsOfADay(t *testing.T) {
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	p, begun := place{}, 0
	for end := now.Add(24 * time.Hour); now.Before(end); {
		wait := p.begin(now)
		if wait == 0 {
			begun++
			p = readPlace(p.cursor(), "") // another process goes on with what is stored
			wait = beginsAgain
		}
		now = now.Add(wait)
	}
	if begun < 100 || begun > 190 {
		t.Errorf("%d sessions in a day", begun)
	}
}

func TestACursorHoldsTheLatestChannels(t *testing.T) {
	p := place{Bot: "1"}
	for i := range 3 * mostPlaces {
		p.heard(fmt.Sprint(1000+i), "5")
	}
	p.heard(fmt.Sprint(1000+3*mostPlaces-1), "10")
	p.heard(fmt.Sprint(1000+3*mostPlaces-1), "9") // an edit of an earlier one
	p.heard("none", "5")
	if last := p.Channels[len(p.Channels)-1]; len(p.Channels) != mostPlaces || last.Last != "10" {
		t.Errorf("%d channels, the last %+v", len(p.Channels), last)
	}
	if other := readPlace(p.cursor(), "2"); len(other.Channels) != 0 || other.Bot != "2" {
		t.Errorf("another bot goes on with %+v", other)
	}
	if n := len(p.cursor()); n > 100*mostPlaces {
		t.Errorf("a cursor of %d bytes", n)
	}
	if strings.Contains(p.cursor(), "session") {
		t.Error("no session has a name")
	}
}
