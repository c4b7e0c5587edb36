package catalogue

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/bonychat/puente/pkg/provider"
)

// Begin is a configuration file to begin with: one channel of the network, each field of its account with what it is. Values
// are to come from variables of the environment, and optional fields are comments.
func Begin(d provider.Driver) string {
	about := d.Describe()
	var b strings.Builder
	fmt.Fprintf(&b, `# Puente with %[1]s. Put your values in; then: puente check -f puente.yaml, puente up -f puente.yaml

# What the network and BonyChat call; a proxy behind it ends TLS and passes everything on to 127.0.0.1:8080.
public_url: https://bridge.example.com

channels:
  # The channel's id, as BonyChat shows it.
  - id: CHANNEL_ID
    network: %[1]s
    # The channel's ID type in BonyChat: custom, or phone where contacts are known by their numbers.
    contact_id: custom
    # The language in which agents read why a message failed: es or en.
    # locale: es
    platform:
      # The webhook URL, as BonyChat shows it.
      webhook_url: https://okeybot.com/custom/webhook
      # The API token, as BonyChat shows it: in a variable here, or in a file, "file:path".
      api_token: "${BONYCHAT_TOKEN}"
    account:
`, about.Name)
	missing := alsoNeeded(d, about)
	for _, f := range about.Fields {
		comment(&b, "      # ", fieldAbout(f))
		line := fmt.Sprintf("%s: \"${%s_%s}\"", f.Name, strings.ToUpper(about.Name), strings.ToUpper(f.Name))
		if f.Required || missing[f.Name] {
			fmt.Fprintf(&b, "      %s\n", line)
		} else {
			fmt.Fprintf(&b, "      # %s:\n", f.Name)
		}
	}
	return b.String()
}

// alsoNeeded are optional fields without which an account is refused that has all the others: those of its usual mode.
func alsoNeeded(d provider.Driver, about provider.Description) map[string]bool {
	account := map[string]string{}
	for _, f := range about.Fields {
		if f.Required {
			account[f.Name] = "x"
		}
	}
	raw, _ := json.Marshal(account) // strings can always be written
	missing := map[string]bool{}
	for _, err := range d.CheckAccount(raw) {
		field, _, _ := strings.Cut(strings.TrimPrefix(err.Error(), "account."), ":")
		missing[field] = true
	}
	return missing
}

func fieldAbout(f provider.Field) string {
	said := "Optional."
	if f.Required {
		said = "Required."
	}
	if f.Secret {
		said = strings.TrimSuffix(said, ".") + ", secret."
	}
	if len(f.Values) > 0 {
		said = strings.TrimSuffix(said, ".") + ", one of " + strings.Join(f.Values, " ") + "."
	}
	return strings.TrimSpace(said + " " + f.Doc)
}

// commentWidth is how wide a comment may be, in columns.
const commentWidth = 110

// comment writes a text as lines that begin so.
func comment(b *strings.Builder, begin, text string) {
	line := begin
	for word := range strings.FieldsSeq(text) {
		if len(line)+len(word) > commentWidth && line != begin {
			b.WriteString(strings.TrimRight(line, " ") + "\n")
			line = begin
		}
		line += word + " "
	}
	b.WriteString(strings.TrimRight(line, " ") + "\n")
}
