package cli

import (
	"context"
	"io"
	"os"
	"strconv"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/bonychat/puente/services/puente/operate"
	"github.com/bonychat/puente/services/puente/operate/api"
	"github.com/bonychat/puente/services/puente/render"
)

// Asking are the flags of every command that asks a running bridge.
type Asking struct {
	// Target is the bridge that is meant.
	Target       api.Target
	output, lang string
}

// WhichBridge is what the help of each such command says about the bridge that it asks.
const WhichBridge = `

It asks the "puente up" that runs on this machine as the same user; with -f or --data the one of this file or
folder; with --api and --token-file, or the variables PUENTE_API and PUENTE_TOKEN, any other. Status 3 says that what
was asked for does not exist.`

// Asks makes a command one that asks a running bridge.
func Asks(c *cobra.Command, run func(ctx context.Context, o operate.Operator, args []string) error) *cobra.Command {
	a := &Asking{}
	a.Flags(c)
	if c.Long == "" {
		c.Long = c.Short + "."
	}
	c.Long += WhichBridge
	c.RunE = func(c *cobra.Command, args []string) error {
		return UntilSignal(func(ctx context.Context) error {
			o, err := a.Operator(c)
			if err != nil {
				return err
			}
			return run(ctx, o, args)
		})
	}
	return c
}

// Flags adds all flags of a command that asks a bridge.
func (a *Asking) Flags(c *cobra.Command) {
	a.LocalFlags(c)
	c.Flags().StringVar(&a.Target.API, "api", "", "`URL` of the control API of any bridge")
	c.Flags().StringVar(&a.Target.TokenFile, "token-file", "", "`file` with the token for it")
	NoFiles(c, "api")
}

// LocalFlags are those of a command that is about a bridge on this machine alone.
func (a *Asking) LocalFlags(c *cobra.Command) {
	f := c.Flags()
	if f.Lookup("file") == nil {
		File(c, &a.Target.File, "", "configuration `file` of a bridge on this machine")
	}
	Folder(c, &a.Target.Data, "data", "data `folder` of a bridge on this machine")
	a.Shown(c)
}

// Shown are the flags of how a command writes.
func (a *Asking) Shown(c *cobra.Command) {
	f := c.Flags()
	f.StringVarP(&a.output, "output", "o", "table", "table, or json: an object a line")
	f.StringVar(&a.lang, "lang", "", "`language`: es or en; default that of the environment")
	Completes(c, "output", Fixed("table", "json"))
	Completes(c, "lang", Fixed("es", "en"))
}

// Render is where and how a command writes.
func (a *Asking) Render(c *cobra.Command) (render.Output, error) {
	if a.output != "table" && a.output != "json" {
		return render.Output{}, Usage(c, "--output: there is no %q: table or json", a.output)
	}
	language := render.LanguageOf(os.Getenv)
	if a.lang != "" {
		var err error
		if language, err = render.ParseLanguage(a.lang); err != nil {
			return render.Output{}, Usage(c, "%v", err)
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

// Operator is a command's way to the bridge.
func (a *Asking) Operator(c *cobra.Command) (operate.Operator, error) {
	out, err := a.Render(c)
	if err != nil {
		return operate.Operator{}, err
	}
	there, err := api.Find(a.Target, os.Getenv, out)
	if err != nil {
		return operate.Operator{}, err
	}
	return operate.Operator{Client: api.NewClient(there), Output: out}, nil
}

// FindWith is where the bridge is that is meant; the one of this file, where one runs of it, else as without a file.
func FindWith(a *Asking, out render.Output, path string) (api.Place, error) {
	if path != "" && a.Target.Data == "" && a.Target.API == "" {
		t := a.Target
		t.File = path
		if there, err := api.Find(t, os.Getenv, out); err == nil {
			return there, nil
		}
	}
	return api.Find(a.Target, os.Getenv, out)
}

// terminal is the file where an output is a terminal, else nil.
func terminal(w io.Writer) *os.File {
	if f, ok := w.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		return f
	}
	return nil
}
