package main

import (
	"context"
	"encoding/json"
	"errors"
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

// setup asks the networks of a file's channels whether the credentials are good and where they call, and with -register
// does what a network's service does when it starts.
func setup(args []string, stdout, stderr io.Writer) error {
	f := flags("setup", stderr)
	file := f.String("f", "puente.yaml", "configuration file")
	check := f.Bool("check", false, "only ask, and change nothing at the network; the default")
	act := f.Bool("register", false, "register the webhook where another one, or none, is registered")
	words, err := parseWords(f, args, "[CHANNEL]")
	if err != nil {
		return err
	}
	if *check && *act {
		return errors.New("-check and -register exclude each other")
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
		treat := lookAt
		if *act {
			treat = setUp
		}
		if !treat(ctx, cfg, c, stdout) {
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
	return f.Err() == nil && (f.URL == "" || f.Done)
}

// lookAt asks about one channel, and says whether all is well.
func lookAt(ctx context.Context, cfg *config.Config, c config.Channel, stdout io.Writer) bool {
	ctx, cancel := context.WithTimeout(ctx, setUpTimeout)
	defer cancel()
	d := driverOf(c.Network)
	l := provider.LookAt(ctx, d, provider.Target{
		Channel: c.ID, Account: c.Account.Reveal(), PublicURL: cfg.PublicURL, AllowAddresses: cfg.AllowAddresses,
	})
	var said strings.Builder
	fmt.Fprintf(&said, "channel %s: %s\n", c.ID, c.Network)
	well := tellLook(&said, cfg, c, l)
	_, _ = io.WriteString(stdout, conceal(said.String(), d, c.Account.Reveal()))
	return well
}

// tellLook says what was found, and returns whether all is well. What cannot be asked is no reason to say that it is not.
func tellLook(w io.Writer, cfg *config.Config, c config.Channel, l provider.Look) bool {
	say := saying(w)
	if !tellCredentials(say, l.Refused, l.Checked, l.Bad) {
		return false
	}
	well := true
	switch {
	case l.URL == "":
		say("webhook", "none: the network is listened to")
	case !l.Asked:
		say("webhook", "not asked: the network does not tell where it calls")
	case l.Unknown != nil:
		say("webhook", "not known: %v", l.Unknown)
		return false
	case l.Good:
		say("webhook", "registered: %s", l.URL)
	case l.Inspection.URL == "":
		say("webhook", "none is registered: -register makes it %s", l.URL)
		well = false
	case l.Inspection.URL == l.URL:
		say("webhook", "registered, but not as it has to be: -register puts it right")
		well = false
	default:
		say("webhook", "another one is registered: %s; -register makes it %s", l.Inspection.URL, l.URL)
		well = false
	}
	if l.Waiting != nil {
		say("waiting", "%s at the network", count(*l.Waiting, "call"))
	}
	if l.LastError != "" {
		say("last error", "%s", l.LastError)
	}
	say("platform", "enter the API base URL %s, ID type %s", cfg.PublicURL, c.ContactID)
	return well
}

// saying writes lines of two columns.
func saying(w io.Writer) func(what, format string, args ...any) {
	return func(what, format string, args ...any) {
		fmt.Fprintf(w, "  %-13s%s\n", what, fmt.Sprintf(format, args...))
	}
}

// tell says what was found and done, and what remains.
func tell(w io.Writer, cfg *config.Config, c config.Channel, f provider.Finding) {
	say := saying(w)
	if !tellCredentials(say, f.Refused, f.Checked, f.Bad) {
		return
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

// tellCredentials says whether the credentials are good, and returns whether there is more to say.
func tellCredentials(say func(what, format string, args ...any), refused error, checked bool, bad error) bool {
	switch why := provider.Classify(bad); {
	case refused != nil:
		say("credentials", "refused: %v", refused)
		return false
	case why != nil && (why.Class == provider.Suspended || why.Class == provider.Rejected):
		say("credentials", "refused: %v", bad)
		return false
	case why != nil:
		say("credentials", "not known: %v", bad)
		return false
	case checked:
		say("credentials", "good")
	default:
		say("credentials", "not checked: the network has nothing to ask")
	}
	return true
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
