package setup

import (
	"fmt"
	"io"
	"strings"

	"github.com/bonychat/puente/pkg/config"
	"github.com/bonychat/puente/pkg/delivery/result"
	"github.com/bonychat/puente/pkg/provider/outcome"
	"github.com/bonychat/puente/pkg/provider/registration"
	"github.com/bonychat/puente/services/puente/words"
)

// tellLook says what was found, and returns whether all is well. What cannot be asked is no reason to say that it is not.
func tellLook(w io.Writer, cfg *config.Config, c config.Channel, l registration.Look) bool {
	say := saying(w)
	if !tellCredentials(say, l.Refused, l.Checked, l.Bad) {
		return false
	}
	well := true
	switch {
	case l.URL == "":
		say("webhook", "none: the network is listened to")
	case l.Unknown != nil:
		say("webhook", "not known: %v", l.Unknown)
		return false
	case !l.Asked:
		say("webhook", "not asked: the network does not tell where it calls")
		if l.Todo != "" {
			remains(say, l.Todo)
		}
	case l.Good:
		say("webhook", "registered: %s", l.URL)
	case l.Inspection.URL == "":
		say("webhook", "none is registered: --register makes it %s", l.URL)
		well = false
	case l.Inspection.URL == l.URL:
		say("webhook", "registered, but not as it has to be: --register puts it right")
		well = false
	default:
		say("webhook", "another one is registered: %s; --register makes it %s", l.Inspection.URL, l.URL)
		well = false
	}
	if l.Waiting != nil {
		say("waiting", "%s at the network", words.Count(*l.Waiting, "call"))
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
func tell(w io.Writer, cfg *config.Config, c config.Channel, f registration.Finding) {
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
	switch why := outcome.Classify(bad); {
	case refused != nil:
		say("credentials", "refused: %v", refused)
		return false
	case why != nil && (why.Class == result.Suspended || why.Class == result.Rejected):
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
