package control

import (
	"fmt"
	"regexp"
	"strings"
	"time"

	"google.golang.org/protobuf/proto"

	controlv1 "github.com/bonychat/puente/proto/gen/puente/control/v1"
	"github.com/bonychat/puente/services/control/audit"
	"github.com/bonychat/puente/services/control/auth"
)

// rightOf is what a request needs besides what its procedure does.
func rightOf(request proto.Message) auth.Right {
	if r, ok := request.(*controlv1.ShowDeadLetterRequest); ok && r.GetContent() {
		return auth.Content
	}
	return 0
}

// actOf is what a request asks for, for the audit: words of the API and ids, and no content. What a message or a contact is
// chosen by is a stranger's text, and is not written down.
func actOf(request proto.Message) audit.Act {
	a := asked(request)
	if _, counted := request.(*controlv1.ShowDeadLetterRequest); !counted { // whose target is a number of ours
		a.Target = idOf(a.Target)
	}
	return a
}

// name is what an id or a key of ours can look like.
var name = regexp.MustCompile(`^[A-Za-z0-9_-]{1,128}$`)

// number is what may be a telephone number or a person's number at a network.
var number = regexp.MustCompile(`^[0-9_-]{6,}$`)

// idOf is the id of a channel or of a message as it was typed. Anything else that was typed there may be a contact's address, which
// the audit must not hold.
func idOf(typed string) string {
	if typed == "" || name.MatchString(typed) && !number.MatchString(typed) {
		return typed
	}
	return "(not an id)"
}

func asked(request proto.Message) audit.Act {
	switch r := request.(type) {
	case *controlv1.PauseChannelRequest:
		a := audit.Act{Target: r.GetChannel(), Reason: r.GetReason(), Detail: "until it is resumed"}
		if r.GetFor() != nil {
			a.Detail = "for " + r.GetFor().AsDuration().String()
		}
		a.Detail = words(a.Detail, flag("change", r.GetChange()))
		return a
	case *controlv1.ResumeChannelRequest:
		return audit.Act{Target: r.GetChannel()}
	case *controlv1.RegisterChannelRequest:
		return audit.Act{Target: r.GetChannel()}
	case *controlv1.AddChannelRequest:
		return audit.Act{Target: r.GetDraft().GetId(), Detail: words("network "+idOf(r.GetDraft().GetNetwork()), flag("network not asked", r.GetUnasked()))}
	case *controlv1.TryChannelRequest:
		return audit.Act{Target: r.GetDraft().GetId(), Detail: words("network " + idOf(r.GetDraft().GetNetwork()))}
	case *controlv1.ChangeChannelRequest:
		return audit.Act{Target: r.GetDraft().GetId(), Detail: words(flag("network not asked", r.GetUnasked()), flag("dry run", r.GetDryRun()))}
	case *controlv1.RemoveChannelRequest:
		return audit.Act{Target: r.GetChannel()}
	case *controlv1.ApplyRequest:
		return audit.Act{Detail: words(flag(audit.Preview, r.GetDryRun()), flag("channels may go", r.GetAllowRemoval()))}
	case *controlv1.ShowDeadLetterRequest:
		return audit.Act{Target: fmt.Sprint(r.GetNumber()), Detail: flag("with content", r.GetContent())}
	case *controlv1.ReplayFailuresRequest:
		a := actOfFilter(r.GetFilter())
		a.Reason = r.GetReason()
		a.Detail = words(a.Detail, flag("all", r.GetAll()), flag("duplicates accepted", r.GetAcceptDuplicates()), flag(audit.Preview, r.GetDryRun()))
		return a
	case *controlv1.DiscardFailuresRequest:
		a := actOfFilter(r.GetFilter())
		a.Reason = r.GetReason()
		a.Detail = words(a.Detail, flag(audit.Preview, r.GetDryRun()))
		return a
	case *controlv1.ReplayCallsRequest:
		a := audit.Act{Target: r.GetChannel(), Reason: r.GetReason()}
		a.Detail = words("network "+r.GetNetwork(), "since "+r.GetSince().AsTime().Format(time.RFC3339), flag(audit.Preview, r.GetDryRun()))
		return a
	default:
		return audit.Act{}
	}
}

func actOfFilter(f *controlv1.FailureFilter) audit.Act {
	a := audit.Act{Target: f.GetChannel()}
	if f.GetKey() != "" {
		a.Target = f.GetKey()
	}
	var choice []string
	switch n := len(f.GetKeys()); {
	case n == 1 && a.Target == "":
		a.Target = f.GetKeys()[0]
	case n > 0:
		choice = append(choice, fmt.Sprintf("%d chosen", n))
	}
	choice = append(choice, flag("of one contact", f.GetContact() != ""))
	if f.GetNumber() > 0 {
		choice = append(choice, fmt.Sprintf("number %d", f.GetNumber()))
	}
	if f.GetNetwork() != "" {
		choice = append(choice, "network "+f.GetNetwork())
	}
	choice = append(choice, flag("by reason", f.GetReason() != ""))
	if f.GetFault() != 0 {
		choice = append(choice, "fault "+strings.ToLower(strings.TrimPrefix(f.GetFault().String(), "FAULT_")))
	}
	if f.GetKind() != 0 {
		choice = append(choice, "kind "+strings.ToLower(strings.TrimPrefix(f.GetKind().String(), "FAILURE_KIND_")))
	}
	if f.GetSince() != nil {
		choice = append(choice, "since "+f.GetSince().AsTime().Format(time.RFC3339))
	}
	if f.GetUntil() != nil {
		choice = append(choice, "until "+f.GetUntil().AsTime().Format(time.RFC3339))
	}
	a.Detail = words(choice...)
	return a
}

// flag is a word where something was asked for.
func flag(word string, asked bool) string {
	if asked {
		return word
	}
	return ""
}

// words are those that there are, with commas between them.
func words(all ...string) string {
	var some []string
	for _, w := range all {
		if w != "" {
			some = append(some, w)
		}
	}
	return strings.Join(some, ", ")
}
