// Package grant is the record of what a network gave for a refresh token, and of whose turn it is to renew. It is pure: package provider
// stores it, and asks the network.
package grant

import (
	"encoding/json"
	"slices"
	"time"
)

// Grant is what was given. Processes of other versions read it: fields are added, never renamed. It holds credentials: for no log.
type Grant struct {
	// Seed stands for the configured token that it goes back to.
	Seed string `json:"seed"`
	// Refresh is the refresh token that is good now, "" for the configured one; Access, which ends at Until, is what came with it.
	Refresh string    `json:"refresh,omitempty"`
	Access  string    `json:"access,omitempty"`
	Until   time.Time `json:"until,omitzero"`
	// Renew is from when on it is renewed.
	Renew time.Time `json:"renew,omitzero"`
	// Claim is whose turn it is to renew, until ClaimUntil.
	Claim      string    `json:"claim,omitempty"`
	ClaimUntil time.Time `json:"claim_until,omitzero"`
}

// renewBefore is how long before its end a token is renewed, or when half of a shorter life is left.
const renewBefore = time.Minute

// Give notes what a network has just given: an access token that ends at a time, zero for "until it is refused", and the new refresh
// token, "" where the one before stays good. The turn is over.
func (g *Grant) Give(access, refresh string, until time.Time) {
	g.Access, g.Until, g.Renew = access, until, until
	if !until.IsZero() {
		g.Renew = until.Add(-min(renewBefore, time.Until(until)/2))
	}
	if refresh != "" {
		g.Refresh = refresh
	}
	g.Release()
}

// Take notes that it is one's turn to renew, for so long.
func (g *Grant) Take(own string, long time.Duration) {
	g.Claim, g.ClaimUntil = own, time.Now().Add(long)
}

// Release notes that it is nobody's turn.
func (g *Grant) Release() { g.Claim, g.ClaimUntil = "", time.Time{} }

// Taken says that it is somebody else's turn now.
func (g *Grant) Taken(own string) bool { return g.Claim != own && time.Now().Before(g.ClaimUntil) }

// Fresh says that there is an access token other than the one that was refused, and that it need not be renewed yet.
func (g *Grant) Fresh(refused string) bool {
	return g.Access != "" && g.Access != refused && (g.Renew.IsZero() || time.Now().Before(g.Renew))
}

// Lives says that it can be used a little longer, while it is being renewed.
func (g *Grant) Lives(refused string) bool {
	return g.Access != "" && g.Access != refused && time.Now().Before(g.Until)
}

// Same says that two hold the same tokens.
func (g *Grant) Same(other *Grant) bool {
	return g.Refresh == other.Refresh && g.Access == other.Access
}

// record is the value that is kept: one grant for each configured token, the newest last. While a token is changed there are processes
// with either, and none may throw away what the other was given.
type record struct {
	Of []Grant `json:"grants"`
}

// maxOthers is how many configured tokens are remembered besides.
const maxOthers = 2

// Read is the grant of a seed, empty where there is none, and those of others. A value that cannot be read is lost.
func Read(data []byte, seed string) (g Grant, others []Grant) {
	g.Seed = seed
	var all record
	_ = json.Unmarshal(data, &all)
	for _, one := range all.Of {
		if one.Seed == seed {
			g = one
		} else {
			others = append(others, one)
		}
	}
	return g, others
}

// Data is the value that is kept of a grant and of those of others, of which the newest stay.
func Data(g Grant, others []Grant) ([]byte, error) {
	others = others[max(0, len(others)-maxOthers):]
	return json.Marshal(record{append(slices.Clone(others), g)})
}
