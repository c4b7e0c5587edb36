package draft

import (
	"bytes"
	"encoding/json"
	"path"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/bonychat/puente/pkg/config"
	"github.com/bonychat/puente/pkg/config/yamlfile"
	"github.com/bonychat/puente/pkg/secret"
)

// Change is a channel as it shall be. Its id and its network are those of one that is there. A credential that is empty stays as it
// is; any other setting that is empty is taken out.
type Change struct {
	Channel
	// Without are credentials of the account that are taken out.
	Without []string
	// Version is that of the [Standing] that was changed.
	Version string
}

// Difference is one setting that a change makes different. Before and After are as they are typed, "" for none, and for a credential,
// whatever it is.
type Difference struct {
	// Field is its name: "locale", "platform.api_token", "account.token".
	Field         string
	Before, After string
	Secret        bool
	// Gone says that it is a credential that is taken out.
	Gone bool
}

// Plan is what a change comes to.
type Plan struct {
	// Mistakes are what is wrong, as [Channel.Mistakes] has them. Then the rest means nothing.
	Mistakes []yamlfile.Mistake
	// Differences are the settings that change, in their order.
	Differences []Difference
	// Account is that of the channel afterwards, with its credentials.
	Account config.Account
	// Text is what changes, as YAML, for somebody who changes the file by hand, and Files are those that it refers to.
	Text  string
	Files []SecretFile

	edits []edit
	after config.Channel
}

// edit is a setting that gets another value; nil for none. That of a credential is put into a file.
type edit struct {
	field string
	value *yaml.Node
	hides secret.Text
}

// Plan is what a change of the channel comes to. It changes nothing.
//
// Where an address changes that credentials are sent to, these have to be given anew: else whoever may change a channel, and not see
// its credentials, had them sent to himself.
func (s Standing) Plan(c Change, networks []config.Network) (p Plan) {
	token := s.Platform.APIToken
	plain := func(field, before, after string) (different bool) {
		if before == after {
			return false
		}
		p.Differences = append(p.Differences, Difference{Field: field, Before: before, After: after})
		p.edits = append(p.edits, edit{field: field, value: text(after)})
		return true
	}
	credential := func(field string, value secret.Text) {
		p.Differences = append(p.Differences, Difference{Field: field, Secret: true, Gone: value.Reveal() == ""})
		p.edits = append(p.edits, edit{field: field, hides: value})
	}
	plain("contact_id", string(s.ContactID), c.ContactID)
	if c.Locale == "" { // the language that is used where the file says nothing
		c.Locale = string(s.Locale)
	}
	plain("locale", string(s.Locale), c.Locale)
	moved := plain("platform.webhook_url", s.Platform.WebhookURL, c.WebhookURL)
	switch typed := c.APIToken.Reveal(); {
	case typed == "" && moved:
		p.again("platform.api_token")
	case typed != "" && typed != token.Reveal():
		credential("platform.api_token", c.APIToken)
		token = c.APIToken
	}
	p.ofAccount(s.Channel, c, networks, credential)
	p.check(s, c, token, networks)
	p.Text = p.byHand(s.ID)
	return p
}

// again says that a credential has to be given anew.
func (p *Plan) again(field string) {
	p.Mistakes = append(p.Mistakes, yamlfile.Mistake{Path: field, Message: "must be given again: the address that it is sent to changes"})
}

// ofAccount is what changes of the account.
func (p *Plan) ofAccount(s config.Channel, c Change, networks []config.Network, credential func(string, secret.Text)) {
	have, after := map[string]json.RawMessage{}, map[string]json.RawMessage{}
	_ = json.Unmarshal(s.Account.Reveal(), &have) // it was checked
	for name, raw := range have {
		after[name] = raw
	}
	n := named(networks, s.Network)
	if n == nil {
		return
	}
	moved := false
	var kept []string
	for _, f := range n.Fields {
		field, before, typed := "account."+f.Name, have[f.Name], c.Account[f.Name].Reveal()
		switch {
		case f.Secret && typed == "" && (before == nil || !slices.Contains(c.Without, f.Name)):
			if before != nil {
				kept = append(kept, field)
			}
		case f.Secret && typed == "":
			credential(field, secret.Text{})
			delete(after, f.Name)
		case f.Secret:
			if raw := marshal(typed); !bytes.Equal(raw, before) {
				credential(field, secret.Hide(typed))
				after[f.Name] = raw
			}
		case asTyped(before) != asTyped(raw(f, typed)):
			value := raw(f, typed)
			moved = moved || strings.Contains(string(before)+string(value), "://")
			p.Differences = append(p.Differences, Difference{Field: field, Before: asTyped(before), After: asTyped(value)})
			p.edits = append(p.edits, edit{field: field, value: setting(f, typed)})
			if after[f.Name] = value; value == nil {
				delete(after, f.Name)
			}
		}
	}
	for _, field := range kept {
		if moved {
			p.again(field)
		}
	}
	p.Account = secret.Hide(marshal(after))
}

// check holds the channel as it shall be against all that a file with it is held against.
func (p *Plan) check(s Standing, c Change, token secret.Text, networks []config.Network) {
	document := marshal(map[string]any{"channels": []any{map[string]any{
		"id": s.ID, "network": s.Network, "contact_id": c.ContactID, "locale": c.Locale, "uncertain": s.Uncertain, "account": p.Account.Reveal(),
		"platform": map[string]string{"webhook_url": c.WebhookURL, "api_token": token.Reveal()},
	}}})
	// what was typed is no reference
	cfg, err := config.ParseResolved("draft", bytes.ReplaceAll(document, []byte("${"), []byte("$${")), networks...)
	p.Mistakes = append(mistakesOf(err, networks, s.Network, c.Account), p.Mistakes...)
	if err == nil {
		p.after = cfg.Channels[0]
	}
}

// byHand is what changes, as YAML, and puts the files of credentials into the plan.
func (p *Plan) byHand(id string) string {
	if len(p.Mistakes) > 0 || len(p.edits) == 0 {
		return ""
	}
	item := &yaml.Node{Kind: yaml.MappingNode, Content: []*yaml.Node{key("id"), text(id)}}
	for _, e := range p.edits {
		value := e.value
		if e.hides.Reveal() != "" {
			f := SecretFile{Path: path.Join(SecretFolder, id, e.field), Field: e.field, Value: e.hides}
			p.Files = append(p.Files, f)
			value = reference(f.Path)
		}
		if value == nil {
			continue // the differences say that it goes
		}
		to, name := item, e.field
		if part, rest, nested := strings.Cut(name, "."); nested {
			_, m := child(item, part)
			if m == nil {
				m = &yaml.Node{Kind: yaml.MappingNode}
				item.Content = append(item.Content, key(part), m)
			}
			to, name = m, rest
		}
		to.Content = append(to.Content, key(name), value)
	}
	return encoded(&yaml.Node{Kind: yaml.SequenceNode, Content: []*yaml.Node{item}})
}
