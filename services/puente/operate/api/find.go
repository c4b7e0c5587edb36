package api

import (
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"path/filepath"
	"strings"

	"github.com/bonychat/puente/pkg/config"
	"github.com/bonychat/puente/pkg/config/operators"
	"github.com/bonychat/puente/services/control/auth"
	"github.com/bonychat/puente/services/puente/operate/exit"
	"github.com/bonychat/puente/services/puente/render"
	"github.com/bonychat/puente/services/puente/running"
)

// Variables of the environment.
const (
	EnvAPI   = "PUENTE_API"
	EnvToken = "PUENTE_TOKEN"
)

// Target is what a command line says about the bridge to ask. The zero value is the one that runs on this machine.
type Target struct {
	// API is the URL of a control API; "" for that of EnvAPI, or of a bridge on this machine.
	API string
	// TokenFile holds the token; "" for that of EnvToken, or of the bridge on this machine.
	TokenFile string
	// File is the configuration file of a bridge on this machine, Data its data folder.
	File, Data string
}

// Place is where a control API is.
type Place struct {
	URL, Token string
	// Name is that of the token; "" where only the bridge knows it.
	Name string
	// Bridge is the one on this machine; nil where the URL was given.
	Bridge *running.Bridge
}

// defaultFile chooses among several bridges, where it is the file of one of them.
const defaultFile = "puente.yaml"

// Find is where the bridge is that is meant. Where several run on this machine and nothing says which, it is that of
// puente.yaml in the working folder, which is noted, or an error that names them.
func Find(t Target, env func(string) string, o render.Output) (Place, error) {
	w := o.Words.Find
	if t.API == "" && t.File == "" && t.Data == "" {
		t.API = env(EnvAPI)
	}
	token := env(EnvToken)
	if t.TokenFile != "" {
		var err error
		if token, err = running.ReadToken(t.TokenFile); err != nil {
			return Place{}, exit.With(exit.Failed, err.Error())
		}
	}
	if t.API != "" {
		u, err := url.Parse(t.API)
		if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" || u.RawQuery != "" || u.Fragment != "" {
			return Place{}, exit.With(exit.Usage, fmt.Sprintf(w.NoURL, t.API))
		}
		if token == "" {
			return Place{}, exit.With(exit.Usage, fmt.Sprintf(w.NoToken, EnvToken))
		}
		return Place{URL: strings.TrimRight(u.String(), "/"), Token: token}, nil
	}
	b, err := OnThisMachine(t, o)
	if err != nil {
		return Place{}, err
	}
	name := ""
	if token == "" {
		if name, token, err = tokenOf(b); err != nil {
			return Place{}, exit.With(exit.Failed, err.Error())
		}
	}
	return Place{URL: b.URL, Token: token, Name: name, Bridge: &b}, nil
}

// OnThisMachine is the bridge of this user on this machine that is meant.
func OnThisMachine(t Target, o render.Output) (running.Bridge, error) {
	w := o.Words.Find
	data := t.Data
	if data == "" && t.File != "" {
		cfg, err := config.LoadShared(t.File)
		if err != nil {
			return running.Bridge{}, err
		}
		data = cfg.Data
	}
	if data != "" {
		b, err := running.At(data)
		if errors.Is(err, running.ErrNotRunning) {
			return b, exit.With(exit.Failed, fmt.Sprintf(w.NotOnData, data))
		}
		return b, err
	}
	all := running.All()
	switch len(all) {
	case 0:
		return running.Bridge{}, exit.With(exit.Failed, w.None)
	case 1:
		return all[0], nil
	}
	var ours string
	if abs, err := filepath.Abs(defaultFile); err == nil {
		ours = abs
	}
	var names []string
	for _, b := range all {
		if b.File != "" && b.File == ours {
			o.Note(w.Answers, b.File, b.Data, len(all)-1)
			return b, nil
		}
		name := "--data " + b.Data
		if b.File != "" {
			name += "   (" + b.File + ")"
		}
		names = append(names, name)
	}
	return running.Bridge{}, exit.With(exit.Usage, fmt.Sprintf(w.Several, "\n  "+strings.Join(names, "\n  ")))
}

// tokenOf is what a bridge on this machine takes, and its name: the token in its data folder, or where its file has tokens the
// first of them that may change something, or else the first.
func tokenOf(b running.Bridge) (name, token string, err error) {
	token, err = b.Token()
	if !errors.Is(err, fs.ErrNotExist) || b.File == "" {
		return auth.OwnerName, token, err
	}
	cfg, err := config.LoadControl(b.File)
	if err != nil {
		return "", "", err
	}
	for _, role := range []operators.Role{operators.Write, operators.Read, operators.Content} {
		for _, t := range cfg.Control.Tokens {
			if t.Role == role {
				return t.Name, t.Token.Reveal(), nil
			}
		}
	}
	token, err = b.Token()
	return auth.OwnerName, token, err
}
