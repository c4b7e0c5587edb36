package discord_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/bonychat/puente/pkg/provider/providertest"
	"github.com/bonychat/puente/pkg/provider/providertest/conversation"
	"github.com/bonychat/puente/pkg/provider/providertest/openapi"
	"github.com/bonychat/puente/services/egress/discord"
)

//go:generate go run github.com/bonychat/puente/pkg/provider/providertest/openapi/reduce -in $DISCORD_SPECS/openapi.json -out testdata/openapi.json -source https://github.com/discord/discord-api-spec/blob/74fda0fad044407ea280043a03ffc9bc64c4e49e/specs/openapi.json -licence "MIT, Discord" -drop RichEmbed -drop ActionRowComponentForMessageRequest -drop ContainerComponentForMessageRequest -drop FileComponentForMessageRequest -drop MediaGalleryComponentForMessageRequest -drop SectionComponentForMessageRequest -drop SeparatorComponentForMessageRequest -drop TextDisplayComponentForMessageRequest -drop PollCreateRequest -drop CustomClientThemeShareRequest "POST /channels/{channel_id}/messages" "GET /channels/{channel_id}/messages" "POST /users/@me/channels" "GET /users/@me" "GET /gateway/bot"

func TestConversations(t *testing.T) {
	api := openapi.Read(t, "testdata/openapi.json", openapi.Options{
		Strict: true, Elsewhere: []string{"GET /file", "GET /files/{name}", "GET /attachments/{channel}/{id}/{name}"},
	})
	providertest.Kit{
		Oracle: rest{api},
		Whole:  []string{"d.attachments", "d.mentions", "d.sticker_items", "d.message_snapshots", "d.referenced_message.attachments"},
	}.Run(t, discord.Network)
}

func FuzzReceive(f *testing.F) { providertest.Fuzz(f, discord.Network, "testdata") }

// rest judges requests by Discord's description of its REST API; what is said on the gateway no description has.
type rest struct{ *openapi.API }

func (r rest) Check(q conversation.Request) (string, error) {
	if q.Line == "frame" || slices.Contains(q.Header, "Upgrade: websocket") {
		return "", nil
	}
	form := slices.Index(q.Header, "Content-Type: multipart/form-data")
	if form < 0 {
		return r.API.Check(q)
	}
	// a form has the message in payload_json: https://docs.discord.com/developers/reference#uploading-files
	var parts map[string]json.RawMessage
	var payload string
	if err := json.Unmarshal([]byte(q.Body), &parts); err != nil {
		return "", err
	}
	if err := json.Unmarshal(parts["payload_json"], &payload); err != nil || parts["files[0]"] == nil || len(parts) != 2 {
		return "", errors.New("a form is payload_json and files[0]")
	}
	q.Header = slices.Clone(q.Header)
	q.Header[form], q.Body = "Content-Type: application/json", payload
	return r.API.Check(q)
}

func TestTheOracleRefuses(t *testing.T) {
	api := rest{openapi.Read(t, "testdata/openapi.json", openapi.Options{Strict: true})}
	const line = "POST /api/v10/channels/300000000000000007/messages"
	for name, body := range map[string]string{
		"":                     `{"content": "a", "nonce": "0123456789abcdefghijklmno", "enforce_nonce": true, "allowed_mentions": {"parse": []}}`,
		"a nonce too long":     `{"content": "a", "nonce": "0123456789abcdefghijklmnop"}`,
		"an unknown field":     `{"text": "a"}`,
		"an unknown mention":   `{"content": "a", "allowed_mentions": {"parse": ["all"]}}`,
		"a content of numbers": `{"content": 1}`,
	} {
		err := func() error {
			_, err := api.Check(conversation.NewRequest("", fmt.Sprintf("%s\nAuthorization: Bot <token>\nContent-Type: application/json\n\n%s", line, body)))
			return err
		}()
		if (err == nil) != (name == "") {
			t.Errorf("%s: %v", strings.TrimSpace("body "+name), err)
		}
	}
}
