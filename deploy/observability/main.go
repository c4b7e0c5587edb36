// Command observability writes the Grafana dashboard of Puente, dashboard.json, from the panels in panels.go:
//
//	GOWORK=off go run . > dashboard.json
//	cd ../check && GOWORK=off go test . -run WhatIsGenerated -update    # the chart has copies of it and of rules.yaml
//
// Its tests hold the expressions of the dashboard and of the alert rules against the /metrics of a running bridge. It is a
// module of its own, outside go.work, so that no program links Prometheus.
package main

import (
	"encoding/json"
	"fmt"
	"os"
)

func main() {
	data, err := dashboard()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	_, _ = os.Stdout.Write(data)
}

// Widths and heights in Grafana's grid.
const (
	gridWidth   = 24
	panelHeight = 8
	mostInLine  = 4
)

type object = map[string]any

// dashboard is the JSON that Grafana imports: https://grafana.com/docs/grafana/latest/dashboards/build-dashboards/view-dashboard-json-model/
func dashboard() ([]byte, error) {
	var panels []object
	id, y := 0, 0
	next := func() int { id++; return id }
	for _, r := range rows {
		panels = append(panels, object{"id": next(), "type": "row", "title": r.title, "collapsed": false, "panels": []object{}, "gridPos": object{"h": 1, "w": gridWidth, "x": 0, "y": y}})
		y++
		for line := 0; line < len(r.panels); line += mostInLine {
			inLine := r.panels[line:min(line+mostInLine, len(r.panels))]
			width := gridWidth / len(inLine)
			for i, p := range inLine {
				panels = append(panels, p.grafana(next(), object{"h": panelHeight, "w": width, "x": i * width, "y": y}))
			}
			y += panelHeight
		}
	}
	data, err := json.MarshalIndent(object{
		"uid": "puente", "title": "Puente", "tags": []string{"puente"}, "schemaVersion": 39, "version": 1, "editable": true, "graphTooltip": 1,
		"time": object{"from": "now-6h", "to": "now"}, "refresh": "30s", "timezone": "browser",
		"annotations": object{"list": []object{}},
		"links":       []object{{"title": "Traces", "type": "link", "url": "/explore?left=%7B%22datasource%22:%22jaeger%22%7D", "targetBlank": true}},
		"templating": object{"list": []object{
			{"name": "datasource", "type": "datasource", "query": "prometheus", "label": "Prometheus"},
			{
				"name": "network", "type": "query", "label": "Network", "datasource": source, "refresh": 2, "includeAll": true, "multi": true, "allValue": ".*",
				"query": object{"query": "label_values(" + networkVariable + ", far)", "refId": "network"},
			},
		}},
		"panels": panels,
	}, "", "  ")
	return append(data, '\n'), err
}

// networkVariable is the metric that the list of networks is read from.
const networkVariable = "puente_channels"

var source = object{"type": "prometheus", "uid": "${datasource}"}

func (p panel) grafana(id int, place object) object {
	kind, options := "timeseries", object{"legend": object{"displayMode": "list", "placement": "bottom"}, "tooltip": object{"mode": "multi", "sort": "desc"}}
	if p.stat {
		kind, options = "stat", object{"reduceOptions": object{"calcs": []string{"lastNotNull"}}}
	}
	var targets []object
	for i, q := range p.queries {
		targets = append(targets, object{"refId": string(rune('A' + i)), "datasource": source, "expr": q.expr, "legendFormat": q.legend, "exemplar": !p.stat && len(p.queries) > 1})
	}
	return object{
		"id": id, "type": kind, "title": p.title, "description": p.about, "gridPos": place, "datasource": source, "targets": targets, "options": options,
		"fieldConfig": object{"defaults": object{"unit": p.unit, "min": 0}, "overrides": []object{}},
	}
}
