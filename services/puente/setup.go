package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/url"
	"strings"
	"time"

	"github.com/bonychat/puente/pkg/config"
	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/service"
)

// setUpTimeout bounds what is asked of the network of one channel.
const setUpTimeout = time.Minute

// setup does for a file's channels what a network's service does when it starts, and says what became of it.
func setup(args []string, stdout, stderr io.Writer) error {
	f := flags("setup", stderr)
	file := f.String("f", "puente.yaml", "configuration file")
	words, err := parseWords(f, args, "[CHANNEL]")
	if err != nil {
		return err
	}
	cfg, err := config.Load(*file, known())
	if err != nil {
		return err
	}
	channels := cfg.Channels
	if len(channels) == 0 {
		return fmt.Errorf("%s: there is no channel", *file)
	}
	if len(words) > 0 {
		if channels, err = only(channels, words[0]); err != nil {
			return fmt.Errorf("%s: %w", *file, err)
		}
	}
	ctx, stop := service.Signals()
	defer stop()
	failed := 0
	for _, c := range channels {
		if !setUp(ctx, cfg, c, stdout) {
			failed++
		}
	}
	if failed > 0 {
		return fmt.Errorf("%s not set up", count(failed, "channel"))
	}
	return nil
}

// only is the channel with this id.
func only(channels []config.Channel, id string) ([]config.Channel, error) {
	var ids []string
	for _, c := range channels {
		if c.ID == id {
			return []config.Channel{c}, nil
		}
		ids = append(ids, c.ID)
	}
	return nil, fmt.Errorf("there is no channel %q: there are %s", id, strings.Join(ids, ", "))
}

// setUp sets up one channel, and says whether it is.
func setUp(ctx context.Context, cfg *config.Config, c config.Channel, stdout io.Writer) bool {
	ctx, cancel := context.WithTimeout(ctx, setUpTimeout)
	defer cancel()
	d := driverOf(c.Network)
	f := provider.SetUp(ctx, d, provider.Target{
		Channel: c.ID, Account: c.Account.Reveal(), PublicURL: cfg.PublicURL, AllowAddresses: cfg.AllowAddresses,
	})
	var said strings.Builder
	fmt.Fprintf(&said, "channel %s: %s\n", c.ID, c.Network)
	tell(&said, cfg, c, f)
	_, _ = io.WriteString(stdout, conceal(said.String(), d, c.Account.Reveal()))
	return f.Err() == nil
}

// tell says what was found and done, and what remains.
func tell(w io.Writer, cfg *config.Config, c config.Channel, f provider.Finding) {
	say := func(what, format string, args ...any) {
		fmt.Fprintf(w, "  %-13s%s\n", what, fmt.Sprintf(format, args...))
	}
	switch bad := provider.Classify(f.Bad); {
	case f.Refused != nil:
		say("credentials", "refused: %v", f.Refused)
		return
	case bad != nil && (bad.Class == provider.Suspended || bad.Class == provider.Rejected):
		say("credentials", "refused: %v", f.Bad)
		return
	case bad != nil:
		say("credentials", "not known: %v", f.Bad)
		return
	case f.Checked:
		say("credentials", "good")
	default:
		say("credentials", "not checked: the network has nothing to ask")
	}
	switch {
	case f.URL == "":
		say("webhook", "none: the network is listened to")
	case f.Unregistered != nil:
		say("webhook", "not registered: %v", f.Unregistered)
		return
	case f.Done:
		say("webhook", "registered: %s", f.URL)
		remains(say, f.Todo)
	default:
		say("webhook", "not registered, since %s", f.Why)
		todo := f.Todo
		if todo == "" {
			todo = "tell the network to call " + f.URL
		}
		remains(say, todo)
	}
	say("platform", "enter the API base URL %s, ID type %s", cfg.PublicURL, c.ContactID)
}

// remains says what a person has to do, line by line.
func remains(say func(what, format string, args ...any), todo string) {
	what := "to do"
	for line := range strings.Lines(todo) {
		say(what, "%s", strings.TrimRight(line, "\n"))
		what = ""
	}
}

// conceal takes every credential of the account out of a text: whatever the network's code says, none is shown.
func conceal(text string, d provider.Driver, account json.RawMessage) string {
	var values map[string]any
	_ = json.Unmarshal(account, &values) // it was checked
	var pairs []string
	for _, f := range d.Describe().Fields {
		value, _ := values[f.Name].(string)
		if !f.Secret || value == "" {
			continue
		}
		for _, form := range []string{value, url.PathEscape(value), url.QueryEscape(value)} {
			pairs = append(pairs, form, "[secret]")
		}
	}
	return strings.NewReplacer(pairs...).Replace(text)
}
