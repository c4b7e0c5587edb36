package slack_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/bonychat/puente/pkg/provider/providertest"
	"github.com/bonychat/puente/pkg/provider/providertest/conversation"
	"github.com/bonychat/puente/pkg/provider/providertest/openapi"
	"github.com/bonychat/puente/pkg/webhook"
	"github.com/bonychat/puente/services/egress/slack"
)

//go:generate go run github.com/bonychat/puente/pkg/provider/providertest/openapi/reduce -in $SLACK_SPECS/slack_web_openapi_v2.json -out testdata/web-api.json -source https://github.com/slackapi/slack-api-specs/blob/master/web-api/slack_web_openapi_v2.json -licence "MIT, SlackAPI" "POST /chat.postMessage" "GET /auth.test" "POST /conversations.open" "GET /files.info"

func TestConversations(t *testing.T) {
	providertest.Kit{
		Oracle: readAPI(t), Sign: sign,
		Answers: providertest.Answers{
			Wait:         "429\nContent-Type: application/json\nRetry-After: 7\n\n{\"ok\": false, \"error\": \"ratelimited\"}",
			TooMany:      "200\nContent-Type: application/json\n\n{\"ok\": false, \"error\": \"rate_limited\"}",
			Unauthorized: "200\nContent-Type: application/json\n\n{\"ok\": false, \"error\": \"token_revoked\"}",
		},
		Whole: []string{
			"event.files", "event.attachments", "event.blocks", "event.message.attachments", "event.previous_message.attachments", "authorizations",
		},
	}.Run(t, slack.Network)
}

func FuzzReceive(f *testing.F) { providertest.Fuzz(f, slack.Network, "testdata") }

// sign is https://docs.slack.dev/authentication/verifying-requests-from-slack
func sign(c *webhook.Call, secrets webhook.Secrets) {
	at := strconv.FormatInt(c.AcceptedAt.Unix(), 10)
	mac := hmac.New(sha256.New, []byte(secrets["signing_secret"][0]))
	_, _ = fmt.Fprintf(mac, "v0:%s:%s", at, c.Body)
	c.Header.Set("X-Slack-Request-Timestamp", at)
	c.Header.Set("X-Slack-Signature", "v0="+hex.EncodeToString(mac.Sum(nil)))
}

// webAPI judges requests by Slack's description of its Web API, which is of 2021, and by the documentation of the methods that came
// later. Nothing describes what is said on the websocket.
type webAPI struct{ *openapi.API }

// later are the arguments of methods that the description does not know: those that are required, and all.
var later = map[string]struct{ required, all []string }{
	// https://docs.slack.dev/reference/methods/apps.connections.open
	"POST /api/apps.connections.open": {},
	// https://docs.slack.dev/reference/methods/files.getUploadURLExternal
	"POST /api/files.getUploadURLExternal": {[]string{"filename", "length"}, []string{"filename", "length", "alt_txt", "snippet_type"}},
	// https://docs.slack.dev/reference/methods/files.completeUploadExternal
	"POST /api/files.completeUploadExternal": {[]string{"files"}, []string{
		"files", "channel_id", "thread_ts", "channels", "initial_comment", "blocks",
	}},
}

func readAPI(t *testing.T) webAPI {
	t.Helper()
	return webAPI{openapi.Read(t, "testdata/web-api.json", openapi.Options{Strict: true})}
}

func (w webAPI) Operations() []string {
	all := w.API.Operations()
	for name := range later {
		all = append(all, name)
	}
	return all
}

func (w webAPI) Check(q conversation.Request) (string, error) {
	method, target, header := q.Call()
	path, _, _ := strings.Cut(target, "?")
	if q.Line == "frame" || !strings.HasPrefix(path, "/api/") {
		return "", elsewhere(method, path, header)
	}
	bearer := "Bearer <token>"
	if path == "/api/apps.connections.open" {
		bearer = "Bearer <app_token>"
	}
	if got := header.Get("Authorization"); got != bearer {
		return "", fmt.Errorf("authorization %q", got)
	}
	args, known := later[method+" "+path]
	if !known {
		q.Header = append(slices.Clone(q.Header), "Token: in Authorization") // which the description has as a header of its own
		return w.API.Check(q)
	}
	form := map[string]json.RawMessage{}
	if q.Body != "" {
		if err := json.Unmarshal([]byte(q.Body), &form); err != nil {
			return "", err
		}
	}
	for _, name := range args.required {
		if form[name] == nil {
			return "", fmt.Errorf("%s lacks %s", path, name)
		}
	}
	for name := range form {
		if !slices.Contains(args.all, name) {
			return "", fmt.Errorf("%s has no argument %s", path, name)
		}
	}
	return method + " " + path, nil
}

// elsewhere judges what goes elsewhere than to the Web API: only files of Slack's are asked for with the token.
func elsewhere(method, path string, header http.Header) error {
	token := header.Get("Authorization") != ""
	switch {
	case method == "frame", path == "/link/", strings.HasPrefix(path, "/files/"), method == "POST" && strings.HasPrefix(path, "/upload/"):
		if token {
			return errors.New("has the token")
		}
	case method == "GET" && strings.HasPrefix(path, "/files-pri/"):
		if !token {
			return errors.New("has no token")
		}
	default:
		return fmt.Errorf("%s %s is not known", method, path)
	}
	return nil
}

func TestTheOracleRefuses(t *testing.T) {
	api := readAPI(t)
	const post, complete = "/api/chat.postMessage", "/api/files.completeUploadExternal"
	for _, test := range []struct {
		name, path, body string
		fine             bool
	}{
		{"a message", post, `{"channel": "D1", "text": "a", "mrkdwn": "false"}`, true},
		{"a message to nobody", post, `{"text": "a"}`, false},
		{"an unknown argument", post, `{"channel": "D1", "body": "a"}`, false},
		{"a switch that is none", post, `{"channel": "D1", "text": "a", "mrkdwn": "maybe"}`, false},
		{"a shared file", complete, `{"files": "[]", "channel_id": "D1"}`, true},
		{"no file", complete, `{"channel_id": "D1"}`, false},
		{"an unknown argument of a file", complete, `{"files": "[]", "channel": "D1"}`, false},
	} {
		_, err := api.Check(conversation.NewRequest("", fmt.Sprintf(
			"POST %s\nAuthorization: Bearer <token>\nContent-Type: application/x-www-form-urlencoded\n\n%s", test.path, test.body)))
		if (err == nil) != test.fine {
			t.Errorf("%s: %v", test.name, err)
		}
	}
}
