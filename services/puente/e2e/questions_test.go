package e2e_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/bonychat/puente/pkg/provider/providertest/standin"

	"github.com/bonychat/puente/pkg/customchannel"
	"github.com/bonychat/puente/services/egress/telegram/telegramtest"
	"github.com/bonychat/puente/services/egress/twilio/twiliotest"
	"github.com/bonychat/puente/services/egress/whatsapp/whatsapptest"
)

// shop is a bridge with a channel of each of three networks, each of which gives trouble of its own.
type shop struct {
	*bridge
	telegram *telegramtest.Server
	whatsapp *whatsapptest.Server
	twilio   *twiliotest.Server
}

const shopToken = "platform-token-of-the-shop-0123456789abcdefghijklmn"

func openShop(t *testing.T) *shop {
	t.Helper()
	const sid = "AC0123456789abcdef0123456789abcdef"
	s := &shop{telegram: telegramtest.NewServer(botA), whatsapp: whatsapptest.NewServer(), twilio: twiliotest.NewServer(sid, "twilio-token", ownNumber)}
	t.Cleanup(s.telegram.Close)
	t.Cleanup(s.whatsapp.Close)
	t.Cleanup(s.twilio.Close)
	channels := map[string]any{
		"telegram": map[string]any{"token": botA, "secret_token": secretA, "api": s.telegram.URL},
		"whatsapp": s.whatsapp.Account(),
		"twilio":   map[string]any{"account_sid": sid, "auth_token": "twilio-token", "from": ownNumber, "api": s.twilio.URL},
	}
	tokens, file := map[string]string{}, ""
	for network := range channels {
		tokens[network] = shopToken + network
	}
	s.bridge = &bridge{platform: newPlatform(t, tokens)}
	for _, network := range []string{"telegram", "whatsapp", "twilio"} {
		account, err := json.Marshal(channels[network])
		if err != nil {
			t.Fatal(err)
		}
		id := map[bool]string{true: "custom", false: "phone"}[network == "telegram"]
		file += fmt.Sprintf("\n  - id: %[1]s\n    network: %[1]s\n    contact_id: %[2]s\n    platform: {webhook_url: \"%[3]s/%[1]s\", api_token: %[4]q}\n    account: %[5]s\n",
			network, id, s.platform.URL, tokens[network], account)
	}
	s.program = start(t, file)
	s.telegram.Register(telegramtest.Webhook{URL: s.url + "/webhooks/telegram/telegram", SecretToken: secretA})
	s.whatsapp.Register(s.url + "/webhooks/whatsapp/whatsapp")
	s.twilio.SetNumber(twiliotest.Number{PhoneNumber: ownNumber, SmsURL: s.url + "/webhooks/twilio/twilio"})
	return s
}

// write posts a text to a contact of a channel.
func (s *shop) write(channel, contact string) (mID string) {
	s.t.Helper()
	a := s.send("Bearer "+shopToken+channel, map[string]any{"channelId": channel, "contactId": contact, "message": map[string]any{"type": "text", "text": marker}})
	if a.status != http.StatusOK || a.mID == "" {
		s.t.Fatalf("channel %s: %+v", channel, a)
	}
	return a.mID
}

// has waits until the platform was told a status of a message.
func (s *shop) has(mID string, value customchannel.StatusValue) {
	s.t.Helper()
	eventually(s.t, fmt.Sprintf("%s is %v", mID, value), func() bool { return slices.Contains(s.platform.statuses(mID), value) })
}

// ask has an operator ask until the answer holds every one of these, and says how it ended.
func (s *shop) ask(question string, wants []string, args ...string) (out string, status int) {
	s.t.Helper()
	eventually(s.t, fmt.Sprintf("%s: %q", question, args), func() bool {
		if out, status = s.command(args...); missing(out, wants) == "" {
			return true
		}
		return false
	})
	s.show(question, out, status, args)
	return out, status
}

// act has an operator do something, once; the answer has to hold every one of these.
func (s *shop) act(what string, wants []string, args ...string) {
	s.t.Helper()
	out, status := s.command(args...)
	s.show(what, out, status, args)
	if lacks := missing(out, wants); lacks != "" {
		s.t.Errorf("it lacks %q", lacks)
	}
}

// missing is the first of the expressions that a text does not match.
func missing(text string, wants []string) string {
	for _, want := range wants {
		if !regexp.MustCompile(want).MatchString(text) {
			return want
		}
	}
	return ""
}

// show writes what an operator sees. It tells no text, no whole address, and no credential.
func (s *shop) show(question, out string, status int, args []string) {
	s.t.Helper()
	s.t.Logf("%s\n$ puente %s   (status %d)\n%s", question, strings.Join(args, " "), status, out)
	for _, secret := range []string{marker, shopToken, botA, "twilio-token", "600111222", "600333444"} {
		if strings.Contains(out, secret) && !slices.Contains(args, "--content") {
			s.t.Errorf("puente %s tells %q", strings.Join(args, " "), secret)
		}
	}
}

// TestTheQuestionsOfOperators: on a bridge with trouble of every kind, each question is answered by one command.
func TestTheQuestionsOfOperators(t *testing.T) {
	t.Parallel()
	s := openShop(t)
	const client, other = "+34600111222", "+34600333444"

	// what a network took, and reported as failed afterwards
	reported := s.write("whatsapp", client)
	if _, err := s.whatsapp.Wait(t.Context(), client, 1); err != nil {
		t.Fatal(err)
	}
	sent := s.whatsapp.Messages(client)[0]
	if status, err := s.whatsapp.Deliver(t.Context(), whatsapptest.Status(sent, "failed", 131026)); err != nil || status != http.StatusOK {
		t.Fatalf("%d, %v", status, err)
	}
	s.has(reported, customchannel.StatusFailed)
	// what arrived, and was read
	arrived := s.write("whatsapp", other)
	if _, err := s.whatsapp.Wait(t.Context(), other, 1); err != nil {
		t.Fatal(err)
	}
	if status, err := s.whatsapp.Deliver(t.Context(), whatsapptest.Status(s.whatsapp.Messages(other)[0], "read", 0)); err != nil || status != http.StatusOK {
		t.Fatalf("%d, %v", status, err)
	}
	s.has(arrived, customchannel.StatusRead)
	// refused
	s.telegram.Block(3, true)
	blocked := s.write("telegram", "3")
	s.has(blocked, customchannel.StatusFailed)
	// one contact told to wait, and one message behind it
	s.telegram.Flood(5, 10*time.Minute)
	flooded := s.write("telegram", "5")
	behind := s.write("telegram", "5")
	// the credential ended
	s.whatsapp.Revoke(true)
	suspended := s.write("whatsapp", other)
	// the network closes connections
	for range 30 {
		s.twilio.Fail(standin.Fault{To: client, DropBefore: true})
	}
	failing := s.write("twilio", client)
	// in: one that arrives, one that cannot be read
	s.deliver(s.telegram, s.telegram.Text(7, marker))
	eventually(t, "it arrives", func() bool { return len(s.platform.messages("telegram", "7")) > 0 })
	s.deliver(s.telegram, map[string]any{"update_id": 900, "message": map[string]any{"message_id": "no number", "text": marker}})

	s.ask("Where did this message go?", []string{`read`, `egress-whatsapp`}, "where", arrived)
	s.ask("… by the customer's phone", []string{arrived[:8], suspended[:8]}, "where", other)
	s.ask("… by the network's id", []string{reported, `131026`}, "where", sent.ID)
	s.ask("Why is it late? The network said when to come back", []string{`now .* waits `, `asked to wait`, `next try`, `ends`}, "where", flooded)
	s.ask("… it is behind another", []string{`now .* waits `, flooded}, "where", behind)
	s.ask("… its channel is suspended", []string{`now .* waits `, `190`}, "where", suspended)
	s.ask("… the network does not answer", []string{`now .* waits `, `tr(y|ies)`}, "where", failing)
	if _, status := s.ask("How does the bridge stand, and what needs me?", []string{`3 channels: .*1 suspended`, `whatsapp`}, "status"); status != 4 {
		t.Errorf("status ended with %d, want 4: something needs a person", status)
	}
	s.ask("Since when is this channel suspended, and what do I do?", []string{`suspended`, `190`}, "channels", "whatsapp")
	s.ask("How many failed today, and whose fault is it?", []string{`1  refused +contact .*blocked the bot`, `1  receipt +contact .*131026`, `1  unreadable call +Puente`}, "failures", "--since", "24h", "--by", "reason")
	s.ask("… those that a contact can change", []string{blocked}, "failures", "--fault", "contact", "--channel", "telegram")
	s.ask("Is the webhook registered, and are the credentials good?", []string{`credentials\s+good`}, "check", "telegram")
	s.ask("What of a network's calls could not be read?", []string{`unreadable|cannot be read`}, "dead", "--channel", "telegram")
	s.ask("What would change if the file were read again?", []string{`nothing would change`}, "diff")

	// a pause: nothing is sent, nothing ends
	s.act("Stop this channel for a while", []string{`telegram is paused until `}, "pause", "telegram", "--for", "30m", "--reason", "e2e")
	before := len(s.telegram.Messages(8))
	held := s.write("telegram", "8")
	s.ask("… what waits for it", []string{`now .* waits `, `paused`, `e2e`}, "where", held)
	if n := len(s.telegram.Messages(8)); n != before {
		t.Errorf("%d messages were sent while the channel was paused", n-before)
	}
	s.act("… and go on", []string{`telegram goes on`}, "resume", "telegram")
	if _, err := s.telegram.Wait(t.Context(), 8, 1); err != nil {
		t.Fatal(err)
	}
	s.has(held, customchannel.StatusSent)

	// what died comes back
	s.ask("What would a replay do?", []string{blocked + `  would be sent`}, "replay", "--reason", "blocked the bot", "--dry-run")
	s.telegram.Block(3, false)
	s.act("Bring it back, and say what became of it", []string{`sent: 1`}, "replay", "--reason", "blocked the bot", "--wait")
	s.has(blocked, customchannel.StatusSent)
	if got := len(s.telegram.Messages(3)); got != 1 {
		t.Errorf("%d messages after the replay, want 1", got)
	}

	// the credential is good again, and what a receipt told of as failed is sent once more
	s.whatsapp.Revoke(false)
	s.has(suspended, customchannel.StatusSent)
	s.ask("What a network took, and told of as failed: what would a replay do?", []string{reported + `  left out`, `--accept-duplicates`}, "replay", "--key", reported, "--dry-run")
	s.act("Send it again all the same", []string{`MAY ARRIVE TWICE`, `sent: 1`}, "replay", "--key", reported, "--accept-duplicates", "--wait")
	if got := len(s.whatsapp.Messages(client)); got != 2 {
		t.Errorf("the contact was sent %d messages, want 2", got)
	}
	s.ask("… its way now", []string{`failed by receipt`, `replayed`}, "where", reported)

	// a dead letter is looked at, whole only where that is asked for, and thrown away
	list, _ := s.ask("Which letters are there?", []string{`unreadable|cannot be read`}, "dead", "-o", "json", "--channel", "telegram")
	var letter struct{ Number json.Number }
	if err := json.Unmarshal([]byte(strings.SplitN(list, "\n", 2)[0]), &letter); err != nil || letter.Number == "" {
		t.Fatalf("%v: %s", err, list)
	}
	s.act("What does the letter hold?", []string{`message_id`}, "dead", "show", letter.Number.String())
	s.act("… with the words", []string{marker}, "dead", "show", letter.Number.String(), "--content")
	s.act("Throw it away", []string{`gone for good: 1`}, "dead", "discard", letter.Number.String(), "--because", "a test wrote it")
	s.ask("… it is gone", []string{`no dead letters`}, "dead", "--channel", "telegram")

	s.act("Read the file again", []string{`was read again`}, "reload")
	file := filepath.Join(t.TempDir(), "support.tar.gz")
	s.act("Write something for whoever helps", []string{`states and counts`}, "support", file)
	if info, err := os.Stat(file); err != nil || info.Size() == 0 {
		t.Errorf("%v", err)
	}
}
