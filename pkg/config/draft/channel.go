package draft

import (
	"bytes"
	"encoding/json"
	"path"
	"regexp"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/bonychat/puente/pkg/config"
	"github.com/bonychat/puente/pkg/config/yamlfile"
	"github.com/bonychat/puente/pkg/secret"
)

// Channel is a channel that somebody wants to add to a file, with the values as they were typed. An empty value counts as missing.
type Channel struct {
	ID, Network, ContactID, WebhookURL, Locale string
	// APIToken is the platform's.
	APIToken secret.Text
	// Account has the network's settings by their names. An object or a list in JSON is read as such, and so is a number or a truth
	// where the setting is one; a credential is a text.
	Account map[string]secret.Text
}

// SecretFile is a file that holds one secret of a channel.
type SecretFile struct {
	// Path counts from the folder of the configuration.
	Path string
	// Field is whose value it holds: "platform.api_token".
	Field string
	// Value is the secret.
	Value secret.Text
}

// Mistakes are what is wrong with the draft, as [config.Parse] says it of a file: the same checks in the same words, their paths from
// the channel on, such as "account.token". They hold no value. The lines mean nothing.
func (d Channel) Mistakes(networks []config.Network) (all []yamlfile.Mistake) {
	text, err := yaml.Marshal(&yaml.Node{Kind: yaml.MappingNode, Content: []*yaml.Node{key("channels"), {Kind: yaml.SequenceNode, Content: []*yaml.Node{d.node(networks, nil)}}}})
	if err != nil { // a text that is not UTF-8
		return []yamlfile.Mistake{{Message: "must be UTF-8"}}
	}
	_, err = config.ParseResolved("draft", text, networks...)
	return mistakesOf(err, networks, d.Network, d.Account)
}

// mistakesOf are those of a file with one channel, their paths from the channel on, and that of settings which its network has not.
func mistakesOf(err error, networks []config.Network, network string, account map[string]secret.Text) (all []yamlfile.Mistake) {
	wrong, _ := err.(yamlfile.Mistakes)
	for _, m := range wrong {
		m.Path = strings.TrimPrefix(strings.TrimPrefix(m.Path, "channels[0]"), ".")
		all = append(all, m)
	}
	for name := range account {
		if n := named(networks, network); n != nil && !has(n, name) {
			all = append(all, yamlfile.Mistake{Path: "account", Message: "the network has not all of these fields"})
			break
		}
	}
	return all
}

// Text is the draft as an item of the list of channels, in YAML, and the files that it refers to: it holds no secret itself. Both
// are right only for a draft without mistakes.
func (d Channel) Text(networks []config.Network) (text string, files []SecretFile) {
	return encoded(&yaml.Node{Kind: yaml.SequenceNode, Content: []*yaml.Node{d.node(networks, &files)}}), files
}

// encoded is YAML as it is written in a file; "" for what is no text in UTF-8.
func encoded(n *yaml.Node) string {
	out := &bytes.Buffer{}
	e := yaml.NewEncoder(out)
	e.SetIndent(2)
	if err := e.Encode(n); err != nil {
		return ""
	}
	return out.String()
}

// Reveal is the account as a network takes it, a JSON object with its credentials.
func (d Channel) Reveal(networks []config.Network) json.RawMessage {
	account := map[string]json.RawMessage{}
	if n := named(networks, d.Network); n != nil {
		for _, f := range n.Fields {
			typed := d.Account[f.Name].Reveal()
			if value := raw(f, typed); f.Secret && typed != "" {
				account[f.Name] = marshal(typed)
			} else if value != nil {
				account[f.Name] = value
			}
		}
	}
	return marshal(account)
}

// SecretFolder is where the secrets of channels lie that are added to a file, beside it.
const SecretFolder = "secrets"

// fileName is what a field may be called for its file to be called so.
var fileName = regexp.MustCompile(`^[A-Za-z0-9_.-]{1,64}$`)

// node is the draft as YAML. With files a secret is a reference to one that is added to them.
func (d Channel) node(networks []config.Network, files *[]SecretFile) *yaml.Node {
	item := &yaml.Node{Kind: yaml.MappingNode}
	put := func(to *yaml.Node, name string, value *yaml.Node) {
		if value != nil {
			to.Content = append(to.Content, key(name), value)
		}
	}
	credential := func(field string, s secret.Text) *yaml.Node {
		switch value := s.Reveal(); {
		case value == "":
			return nil
		case files == nil:
			return quoted(value)
		case !config.IsChannelID(d.ID) || !fileName.MatchString(field):
			return nil
		}
		f := SecretFile{Path: path.Join(SecretFolder, d.ID, field), Field: field, Value: s}
		*files = append(*files, f)
		return reference(f.Path)
	}
	put(item, "id", text(d.ID))
	put(item, "network", text(d.Network))
	put(item, "contact_id", text(d.ContactID))
	put(item, "locale", text(d.Locale))
	platform := &yaml.Node{Kind: yaml.MappingNode}
	put(platform, "webhook_url", text(d.WebhookURL))
	put(platform, "api_token", credential("platform.api_token", d.APIToken))
	put(item, "platform", platform)
	account := &yaml.Node{Kind: yaml.MappingNode}
	if n := named(networks, d.Network); n != nil {
		for _, f := range n.Fields {
			if value := d.Account[f.Name]; f.Secret {
				put(account, f.Name, credential("account."+f.Name, value))
			} else {
				put(account, f.Name, setting(f, value.Reveal()))
			}
		}
	}
	put(item, "account", account)
	return item
}

// setting is a value that is no credential, of the kind that its field has; nil for none.
func setting(f config.Field, typed string) *yaml.Node {
	value := valueOf(f, typed)
	if _, is := value.(string); is {
		return text(typed)
	}
	n := &yaml.Node{}
	if n.Encode(value) != nil {
		return text(typed)
	}
	literally(n)
	return n
}

// valueOf is what was typed: an object or a list that is written in JSON, a number or a truth where the field is one, else a text.
func valueOf(f config.Field, typed string) any {
	var value any
	if json.Unmarshal([]byte(typed), &value) != nil {
		return typed
	}
	switch value.(type) {
	case map[string]any, []any:
		return value
	case float64:
		if f.Kind == config.Number {
			return value
		}
	case bool:
		if f.Kind == config.Switch {
			return value
		}
	}
	return typed
}

// literally has all texts of a value be read as they are.
func literally(n *yaml.Node) {
	n.Value = strings.ReplaceAll(n.Value, "${", "$${")
	for _, c := range n.Content {
		literally(c)
	}
}

// reference is a value that stands in a file.
func reference(path string) *yaml.Node {
	return &yaml.Node{Kind: yaml.ScalarNode, Value: "file:" + path}
}

// text is a string, nil for an empty one.
func text(s string) *yaml.Node {
	if s == "" {
		return nil
	}
	n := &yaml.Node{}
	n.SetString(strings.ReplaceAll(s, "${", "$${")) // quoted where it would be read as something else
	return n
}

// quoted is a secret as it has to be written to be read as it is.
func quoted(s string) *yaml.Node {
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Style: yaml.DoubleQuotedStyle, Value: strings.ReplaceAll(s, "${", "$${")}
}

func key(name string) *yaml.Node { return &yaml.Node{Kind: yaml.ScalarNode, Value: name} }

func named(networks []config.Network, name string) *config.Network {
	for i := range networks {
		if networks[i].Name == name {
			return &networks[i]
		}
	}
	return nil
}

func has(n *config.Network, field string) bool {
	for _, f := range n.Fields {
		if f.Name == field {
			return true
		}
	}
	return false
}
