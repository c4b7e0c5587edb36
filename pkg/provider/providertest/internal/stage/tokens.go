package stage

import (
	"encoding/json"
	"slices"
	"strings"
)

// tokens watches what a stand-in gave as RFC 6749 has it, section 5.1: who uses an access token has to have kept the refresh token that
// came with it, for the one before may be used up. It is guarded by the server's lock.
type tokens struct {
	// held are the values that are kept now.
	held func() []string
	// given are the new refresh tokens by the access tokens that they came with.
	given map[string]string
	// lost says that an access token was used before.
	lost bool
}

// asked looks at a request.
func (t *tokens) asked(request string) {
	for access, refresh := range t.given {
		if strings.Contains(request, access) && !slices.ContainsFunc(t.held(), func(v string) bool { return strings.Contains(v, refresh) }) {
			t.lost = true
		}
	}
}

// answered looks at an answer. A refresh token that the account has is no new one.
func (t *tokens) answered(answer string, secrets map[string]string) {
	_, body, _ := strings.Cut(answer, "\n\n")
	var in struct {
		Access  string `json:"access_token"`
		Refresh string `json:"refresh_token"`
	}
	if json.Unmarshal([]byte(body), &in) != nil || in.Access == "" || in.Refresh == "" {
		return
	}
	for _, known := range secrets {
		if known == in.Refresh {
			return
		}
	}
	if t.given == nil {
		t.given = map[string]string{}
	}
	t.given[in.Access] = in.Refresh
}

// kept reports who used an access token without having kept what came with it, and who keeps more than may be kept.
func (s *Stage) kept(r Reporter, what string) {
	r.Helper()
	s.Server.mu.Lock()
	lost := s.Server.tokens.lost
	s.Server.tokens.lost = false
	s.Server.mu.Unlock()
	if lost {
		r.Errorf("%s: an access token is used before the refresh token that came with it is kept: whoever crashes then is locked out (provider.Token)", what)
	}
	if err := s.State.Mistake(); err != nil {
		r.Errorf("%s: what is kept: %v", what, err)
	}
}
