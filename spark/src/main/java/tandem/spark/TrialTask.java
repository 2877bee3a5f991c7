package tandem.spark;

import java.io.Serializable;
import scala.collection.Iterator;
import scala.runtime.AbstractFunction1;

/** One trial, as a task of one partition. */
final class TrialTask extends AbstractFunction1<Iterator<Object>, Reply> implements Serializable {
    private static final long serialVersionUID = 1;

    private final HostSpec spec;
    private final String id;
    private final String json;

    /** A trial that the lab knows by its id. */
    TrialTask(HostSpec spec, String id, String json) {
        this.spec = spec;
        this.id = id;
        this.json = json;
    }

    @Override
    public Reply apply(Iterator<Object> nothing) {
        return TrialHost.of(spec).run(id, json);
    }
}
