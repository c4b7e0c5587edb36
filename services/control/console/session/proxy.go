package session

import (
	"net/http"
	"slices"
	"strings"
	"unicode"

	"github.com/bonychat/puente/pkg/config/operators"
)

// mostName is the longest name of a person, in characters: as long as a token's, which the audit is searched by.
const mostName = 64

// userName is a person as the audit names them; "" for none, and for what is no name.
func userName(header string) string {
	name := []rune(strings.TrimSpace(header))
	if len(name) > mostName || slices.ContainsFunc(name, func(r rune) bool { return !unicode.IsPrint(r) }) {
		return ""
	}
	return string(name)
}

// roles are those of the groups that the proxy names.
func (s *Sessions) roles(r *http.Request) (all []operators.Role) {
	groups := []string{operators.Everybody}
	for _, header := range r.Header.Values(s.cfg.GroupsHeader) {
		for group := range strings.SplitSeq(header, ",") {
			if group = strings.TrimSpace(group); group != operators.Everybody {
				groups = append(groups, group)
			}
		}
	}
	for _, role := range []operators.Role{operators.Read, operators.Write, operators.Content} {
		if slices.ContainsFunc(s.cfg.Roles[role], func(g string) bool { return slices.Contains(groups, g) }) {
			all = append(all, role)
		}
	}
	return all
}
