package operators

import (
	"net/http"
	"net/netip"
	"strings"

	"github.com/bonychat/puente/pkg/config/yamlfile"
)

// Console is the operators' page, which is served beside the control API. Its zero value takes whoever has a token of the API.
type Console struct {
	// Off has it not served; default false.
	Off bool
	// Proxies are the ranges of proxies that sign people in before they pass them on, as those of OpenID Connect do. Who comes
	// from there is who the headers say. Default none.
	Proxies []netip.Prefix
	// UserHeader names the person; default X-Forwarded-User.
	UserHeader string
	// GroupsHeader lists the person's groups with commas between them; default X-Forwarded-Groups.
	GroupsHeader string
	// Roles are the groups whose members have a role; "*" stands for everybody whom the proxy lets in. A person has the roles of
	// all their groups. Each role has at most 100 groups.
	Roles map[Role][]string
}

// Everybody is the group of all whom a proxy lets in.
const Everybody = "*"

// maxGroups bounds the groups of a role.
const maxGroups = 100

// parseConsole reads how the operators' page knows people.
func parseConsole(p yamlfile.Place) (c Console) {
	c.UserHeader, c.GroupsHeader = "X-Forwarded-User", "X-Forwarded-Groups"
	f, ok := p.Fields("off", "proxies", "user_header", "groups_header", "roles")
	if !ok {
		return c
	}
	c.Off, c.Proxies = f["off"].Truth(), f["proxies"].Prefixes()
	for _, h := range []struct {
		name string
		to   *string
	}{{"user_header", &c.UserHeader}, {"groups_header", &c.GroupsHeader}} {
		s, ok := f[h.name].Optional()
		if !ok || s == "" {
			continue
		}
		if strings.ContainsFunc(s, func(r rune) bool { return !strings.ContainsRune(headerLetters, r) }) || len(s) > 64 {
			f[h.name].Wrong("must be the name of a header: 1 to 64 of A-Z a-z 0-9 -")
			continue
		}
		*h.to = http.CanonicalHeaderKey(s)
	}
	roles, ok := f["roles"].Fields(string(Read), string(Write), string(Content))
	if !ok {
		return c
	}
	c.Roles = map[Role][]string{}
	for _, role := range []Role{Read, Write, Content} {
		items := roles[string(role)].Items()
		if len(items) > maxGroups {
			roles[string(role)].Wrong("has %d groups: at most %d", len(items), maxGroups)
			continue
		}
		for _, item := range items {
			group, ok := item.Required()
			if ok && (strings.ContainsAny(group, ",\r\n") || len(group) > 256) {
				item.Wrong("must be the name of a group, at most 256 characters without a comma")
				continue
			}
			c.Roles[role] = append(c.Roles[role], group)
		}
	}
	if len(c.Proxies) > 0 && len(c.Roles) == 0 {
		f["roles"].Wrong("is required with proxies: nobody could do anything")
	}
	return c
}

const headerLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-"
