package operate

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/deadletter"

	eventv1 "github.com/bonychat/puente/proto/gen/puente/event/v1"
	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"
)

// Show writes the dead letter with this number whole: who wrote, or was written to, and what.
func (d DeadLetters) Show(ctx context.Context, number uint64) error {
	return d.Broker.with(ctx, func(ctx context.Context, b *bus.Bus) error { return d.show(ctx, b, number) })
}

func (d DeadLetters) show(ctx context.Context, b *bus.Bus, number uint64) error {
	l, event, err := deadletter.Read(ctx, b, number)
	if errors.Is(err, bus.ErrNotFound) {
		return fmt.Errorf("there is no dead letter %d", number)
	}
	if err != nil {
		return err
	}
	line := func(name, value string) {
		if value != "" {
			fmt.Fprintf(d.Out, "%-9s %s\n", name, printable(value))
		}
	}
	line("number", fmt.Sprint(l.Sequence))
	line("time", l.At.Local().Format(time.DateTime))
	line("channel", l.Channel)
	line("network", l.Network)
	line("kind", l.Kind.String())
	line("reason", reasonOf(l))
	m := messageIn(event)
	if m == nil {
		fmt.Fprintln(d.Out, "it holds no message")
		return nil
	}
	line("contact", m.GetContact().GetAddress())
	line("name", strings.TrimSpace(m.GetContact().GetProfile().GetFirstName()+" "+m.GetContact().GetProfile().GetLastName()))
	for name, value := range wordsOf(m.GetContent()) {
		line(name, value)
	}
	return nil
}

func messageIn(e *eventv1.Event) *messagev1.Message {
	if m := e.GetMessage(); m != nil {
		return m
	}
	return e.GetEcho().GetMessage()
}

// wordsOf are what a content says, by what each of it is.
func wordsOf(c *messagev1.Content) func(yield func(name, value string) bool) {
	var all [][2]string
	switch k := c.GetKind().(type) {
	case *messagev1.Content_Text:
		all = [][2]string{{"text", k.Text.GetBody()}}
	case *messagev1.Content_Attachment:
		a := k.Attachment
		all = [][2]string{{"file", a.GetFileName()}, {"type", a.GetMediaType()}, {"address", a.GetUrl()}, {"caption", a.GetCaption()}}
	case *messagev1.Content_Location:
		all = [][2]string{{"place", fmt.Sprintf("%g, %g", k.Location.GetLatitude(), k.Location.GetLongitude())}, {"address", k.Location.GetAddress()}}
	case *messagev1.Content_QuickReply:
		all = [][2]string{{"question", k.QuickReply.GetTitle()}, {"replies", strings.Join(k.QuickReply.GetReplies(), " | ")}}
	}
	return func(yield func(string, string) bool) {
		for _, one := range all {
			if !yield(one[0], one[1]) {
				return
			}
		}
	}
}

// printable is a stranger's text that cannot command a terminal: of control characters only line ends and tabs stay.
func printable(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\n' && r != '\t' {
			return '\ufffd'
		}
		return r
	}, text)
}
