package allinone

import (
	"context"
	"fmt"
	"io"
	"os"
	"strconv"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/bonychat/puente/services/puente/operate"
	"github.com/bonychat/puente/services/puente/render"
)

// asking are the flags of every command that asks a running bridge.
type asking struct {
	target       operate.Target
	output, lang string
}

// whichBridge is what the help of each such command says about the bridge that it asks.
const whichBridge = `

It asks the "puente up" that runs on this machine as the same user; with -f or --data the one of this file or
folder; with --api and --token-file, or the variables PUENTE_API and PUENTE_TOKEN, any other. Status 3 says that what
was asked for does not exist.`

// asks makes a command one that asks a running bridge.
func asks(c *cobra.Command, run func(ctx context.Context, o operate.Operator, args []string) error) *cobra.Command {
	a := &asking{}
	a.flags(c)
	if c.Long == "" {
		c.Long = c.Short + "."
	}
	c.Long += whichBridge
	c.RunE = func(c *cobra.Command, args []string) error {
		return untilSignal(func(ctx context.Context) error {
			o, err := a.operator(c)
			if err != nil {
				return err
			}
			return run(ctx, o, args)
		})
	}
	return c
}

func (a *asking) flags(c *cobra.Command) {
	a.localFlags(c)
	c.Flags().StringVar(&a.target.API, "api", "", "`URL` of the control API of any bridge")
	c.Flags().StringVar(&a.target.TokenFile, "token-file", "", "`file` with the token for it")
	noFiles(c, "api")
}

// localFlags are those of a command that is about a bridge on this machine alone.
func (a *asking) localFlags(c *cobra.Command) {
	f := c.Flags()
	if f.Lookup("file") == nil {
		file(c, &a.target.File, "", "configuration `file` of a bridge on this machine")
	}
	folder(c, &a.target.Data, "data", "data `folder` of a bridge on this machine")
	a.shown(c)
}

// shown are the flags of how a command writes.
func (a *asking) shown(c *cobra.Command) {
	f := c.Flags()
	f.StringVarP(&a.output, "output", "o", "table", "table, or json: an object a line")
	f.StringVar(&a.lang, "lang", "", "`language`: es or en; default that of the environment")
	completes(c, "output", fixed("table", "json"))
	completes(c, "lang", fixed("es", "en"))
}

// render is where and how a command writes.
func (a *asking) render(c *cobra.Command) (render.Output, error) {
	if a.output != "table" && a.output != "json" {
		return render.Output{}, usageOf(c, "--output: there is no %q: table or json", a.output)
	}
	language := render.LanguageOf(os.Getenv)
	if a.lang != "" {
		var err error
		if language, err = render.ParseLanguage(a.lang); err != nil {
			return render.Output{}, usageOf(c, "%v", err)
		}
	}
	o := render.Output{Out: c.OutOrStdout(), Err: c.ErrOrStderr(), Words: render.In(language), JSON: a.output == "json", Now: time.Now()}
	if f := terminal(o.Out); f != nil {
		o.Width, _, _ = term.GetSize(int(f.Fd()))
		o.Colour = os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"
	}
	if columns, err := strconv.Atoi(os.Getenv("COLUMNS")); err == nil && o.Width > 0 && columns > 0 {
		o.Width = columns
	}
	o.Live = terminal(o.Err) != nil && !o.JSON
	return o, nil
}

// operator is a command's way to the bridge.
func (a *asking) operator(c *cobra.Command) (operate.Operator, error) {
	out, err := a.render(c)
	if err != nil {
		return operate.Operator{}, err
	}
	there, err := operate.Find(a.target, os.Getenv, out)
	if err != nil {
		return operate.Operator{}, err
	}
	return operate.Operator{Client: operate.NewClient(there), Output: out}, nil
}

// findWith is where the bridge is that is meant; the one of this file, where one runs of it, else as without a file.
func findWith(a *asking, out render.Output, path string) (operate.Place, error) {
	if path != "" && a.target.Data == "" && a.target.API == "" {
		t := a.target
		t.File = path
		if there, err := operate.Find(t, os.Getenv, out); err == nil {
			return there, nil
		}
	}
	return operate.Find(a.target, os.Getenv, out)
}

// terminal is the file where an output is a terminal, else nil.
func terminal(w io.Writer) *os.File {
	if f, ok := w.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		return f
	}
	return nil
}

// since is a flag's value: a duration, "90m", "24h", or days, "7d".
type since struct{ to *time.Duration }

func (s since) String() string {
	if s.to == nil || *s.to == 0 {
		return ""
	}
	return s.to.String()
}

func (s since) Type() string { return "duration" }

func (s since) Set(text string) error {
	d, err := duration(text)
	if err != nil {
		return err
	}
	*s.to = d
	return nil
}

// duration reads a duration that is longer than nothing.
func duration(text string) (time.Duration, error) {
	var d time.Duration
	if days, ok := cutDays(text); ok {
		d = days
	} else {
		var err error
		if d, err = time.ParseDuration(text); err != nil {
			return 0, fmt.Errorf("%q is no duration: it looks like 90m, 24h or 7d", text)
		}
	}
	if d <= 0 {
		return 0, fmt.Errorf("%q: a duration is longer than nothing", text)
	}
	return d, nil
}

// mostDays is as far back as anything is kept, and more.
const mostDays = 10_000

func cutDays(text string) (time.Duration, bool) {
	if len(text) < 2 || text[len(text)-1] != 'd' {
		return 0, false
	}
	days, err := strconv.ParseFloat(text[:len(text)-1], 64)
	if err != nil || days > mostDays || days != days {
		return 0, false
	}
	return time.Duration(days * 24 * float64(time.Hour)), true
}

// sinceFlag adds --since.
func sinceFlag(c *cobra.Command, to *time.Duration, usage string) {
	c.Flags().Var(since{to}, "since", usage)
	noFiles(c, "since")
}

// channelFlag adds --channel, completed from the bridge.
func channelFlag(c *cobra.Command, to *string, usage string) {
	c.Flags().StringVar(to, "channel", "", usage)
	completes(c, "channel", channelsThere)
}
