package system

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/bonychat/puente/services/puente/operate"
	"github.com/bonychat/puente/services/puente/operate/api"
	"github.com/bonychat/puente/services/puente/operate/exit"

	controlv1 "github.com/bonychat/puente/proto/gen/puente/control/v1"
)

// Statuses of a plugin, as Nagios and its kin know them: https://nagios-plugins.org/doc/guidelines.html.
const (
	nagiosOK       = 0
	nagiosWarning  = 1
	nagiosCritical = 2
	nagiosUnknown  = 3
)

// Nagios writes one line for a monitoring system that knows plugins. The [exit.Error] has the status of a plugin: 0 where all is
// well, 1 where something waits or is paused, 2 where something needs a person, 3 where the bridge did not answer.
func Nagios(ctx context.Context, o operate.Operator) error {
	a, err := api.Ask(ctx, api.AnswerWithin, o.System.Status, &controlv1.StatusRequest{})
	if err != nil {
		return NotAnswered(o.Out, o.Failed(err))
	}
	status, word, said := nagiosOK, "OK", summary(o, a)
	switch {
	case len(a.GetNeeds()) > 0:
		status, word = nagiosCritical, "CRITICAL"
		n := a.GetNeeds()[0]
		said = strings.TrimSpace(n.GetChannel() + " " + o.Why(n.GetWhy()))
		if more := len(a.GetNeeds()) - 1; more > 0 {
			said += " " + fmt.Sprintf(o.Words.More, more)
		}
	case a.GetWaiting()+a.GetPaused()+a.GetSuspended() > 0:
		status, word = nagiosWarning, "WARNING"
	}
	oldest := 0.0
	if a.GetOldest() != nil {
		oldest = max(0, o.Now.Sub(a.GetOldest().AsTime()).Seconds())
	}
	o.Line("PUENTE %s - %s | waiting=%d oldest=%.0fs needs=%d fill=%.1f%%", word, strings.ReplaceAll(said, "|", "/"),
		a.GetMessagesWaiting(), oldest, len(a.GetNeeds()), a.GetFill()*100)
	if status == nagiosOK {
		return nil
	}
	return exit.With(status, "")
}

// NotAnswered is what a monitoring system is told where the bridge could not be asked.
func NotAnswered(out io.Writer, err error) error {
	fmt.Fprintf(out, "PUENTE UNKNOWN - %s\n", strings.ReplaceAll(strings.ReplaceAll(err.Error(), "\n", " "), "|", "/"))
	return exit.With(nagiosUnknown, "")
}

// Prometheus writes how the bridge stands in the text format of Prometheus, for the folder that node_exporter's textfile
// collector reads. Where the bridge does not answer it says so and is an error.
func Prometheus(ctx context.Context, o operate.Operator) error {
	a, err := api.Ask(ctx, api.AnswerWithin, o.System.Status, &controlv1.StatusRequest{})
	metric := func(name, help string) {
		fmt.Fprintf(o.Out, "# HELP puente_status_%s %s\n# TYPE puente_status_%s gauge\n", name, help, name)
	}
	value := func(name, labels string, v float64) { fmt.Fprintf(o.Out, "puente_status_%s%s %g\n", name, labels, v) }
	metric("up", "Whether the control API answered.")
	if err != nil {
		value("up", "", 0)
		return o.Failed(err)
	}
	value("up", "", 1)
	metric("needs", "What needs a person.")
	value("needs", "", float64(len(a.GetNeeds())))
	metric("channels", "Channels by how they stand.")
	for _, s := range []struct {
		state string
		n     uint32
	}{{"ok", a.GetOk()}, {"waiting", a.GetWaiting()}, {"paused", a.GetPaused()}, {"suspended", a.GetSuspended()}} {
		value("channels", fmt.Sprintf("{state=%q}", s.state), float64(s.n))
	}
	metric("waiting_messages", "Messages that wait to be sent, both ways.")
	value("waiting_messages", "", float64(a.GetMessagesWaiting()))
	metric("oldest_seconds", "How long the oldest of them has waited.")
	oldest := 0.0
	if a.GetOldest() != nil {
		oldest = max(0, o.Now.Sub(a.GetOldest().AsTime()).Seconds())
	}
	value("oldest_seconds", "", oldest)
	metric("store_fill_ratio", "How full the fullest stream is.")
	value("store_fill_ratio", "", a.GetFill())
	metric("processes", "Running processes.")
	value("processes", "", float64(a.GetProcesses()))
	metric("history_behind_entries", "How far the history is behind the journal.")
	value("history_behind_entries", "", float64(a.GetHistoryBehind()))
	return nil
}
