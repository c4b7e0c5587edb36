package account

import (
	"encoding/json"
	"slices"
	"testing"
)

func TestAddressesAreThoseWithAScheme(t *testing.T) {
	got := Addresses(json.RawMessage(`{"api": "https://api.example.com", "url": "smpps://smsc.example.com:3550", "socket": "wss://gw.example.com",
		"from": "12345", "name": "1://x", "host": "smsc.example.com:2775", "list": ["http://x"], "n": 7}`))
	slices.Sort(got)
	want := []string{"https://api.example.com", "smpps://smsc.example.com:3550", "wss://gw.example.com"}
	if !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	if got := Addresses(json.RawMessage(`"https://api.example.com"`)); got != nil {
		t.Errorf("an account that is no object: %q", got)
	}
}
