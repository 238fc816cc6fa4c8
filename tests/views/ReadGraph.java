// Reads files with Gephi's toolkit and writes what arrived in its workspace, as JSON: java -cp TOOLKIT ReadGraph.java FILE...
import java.io.File;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.gephi.graph.api.Edge;
import org.gephi.graph.api.Graph;
import org.gephi.graph.api.GraphController;
import org.gephi.graph.api.Node;
import org.gephi.io.importer.api.Container;
import org.gephi.io.importer.api.ImportController;
import org.gephi.io.importer.api.Issue;
import org.gephi.io.processor.plugin.DefaultProcessor;
import org.gephi.project.api.ProjectController;
import org.gephi.project.api.Workspace;
import org.openide.util.Lookup;

public class ReadGraph {
    public static void main(String[] files) throws Exception {
        List<String> graphs = new ArrayList<>();
        for (String file : files) {
            graphs.add(quoted(new File(file).getName()) + ":" + read(new File(file)));
        }
        new PrintStream(System.out, true, StandardCharsets.UTF_8).println("{" + String.join(",", graphs) + "}");
        System.exit(0); // its threads would go on
    }

    private static String read(File file) throws Exception {
        ProjectController projects = Lookup.getDefault().lookup(ProjectController.class);
        projects.newProject();
        Workspace workspace = projects.getCurrentWorkspace();
        ImportController importer = Lookup.getDefault().lookup(ImportController.class);
        Container container = importer.importFile(file);
        List<String> issues = new ArrayList<>();
        for (Iterator<Issue> all = container.getReport().getIssues(1000); all.hasNext(); ) {
            Issue issue = all.next();
            issues.add("[" + quoted(issue.getLevel().toString()) + "," + quoted(issue.getMessage()) + "]");
        }
        importer.process(container, new DefaultProcessor(), workspace);
        Graph graph = Lookup.getDefault().lookup(GraphController.class).getGraphModel(workspace).getGraph();
        List<String> nodes = new ArrayList<>();
        for (Node node : graph.getNodes().toArray()) {
            nodes.add("[" + quoted(node.getId()) + "," + quoted(node.getLabel()) + "]");
        }
        List<String> edges = new ArrayList<>();
        for (Edge edge : graph.getEdges().toArray()) {
            Object[] values = {
                edge.getId(), edge.getSource().getId(), edge.getTypeLabel(), edge.getTarget().getId(), edge.getLabel()
            };
            List<String> row = new ArrayList<>();
            for (Object value : values) {
                row.add(quoted(value));
            }
            row.add(String.valueOf(edge.getWeight()));
            row.add(String.valueOf(edge.isDirected()));
            edges.add("[" + String.join(",", row) + "]");
        }
        return "{\"nodes\":[" + String.join(",", nodes) + "],\"edges\":[" + String.join(",", edges)
            + "],\"issues\":[" + String.join(",", issues) + "]}";
    }

    private static String quoted(Object value) {
        if (value == null) {
            return "null";
        }
        StringBuilder text = new StringBuilder("\"");
        for (char letter : value.toString().toCharArray()) {
            boolean plain = letter >= ' ' && letter != '"' && letter != '\\';
            text.append(plain ? String.valueOf(letter) : String.format("\\u%04x", (int) letter));
        }
        return text.append('"').toString();
    }
}
