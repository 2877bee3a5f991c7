package tandem.notebooks.kernel;

import java.util.List;
import org.rapaio.jupyter.kernel.display.DisplayData;
import org.rapaio.jupyter.kernel.display.DisplayRenderer;
import org.rapaio.jupyter.kernel.display.DisplayTransformer;
import org.rapaio.jupyter.kernel.display.spi.DisplayProvider;
import tandem.notebooks.Shown;

/** Lets the kernel show pictures and tables with their text beside them. Its service loader finds it. */
public final class Show implements DisplayProvider, DisplayRenderer {
    @Override
    public Class<?> rendererClass() {
        return Shown.class;
    }

    @Override
    public boolean canRender(String type) {
        return true;
    }

    @Override
    public DisplayData render(String type, Object value) {
        Shown shown = (Shown) value;
        DisplayData data = DisplayData.withType(shown.type(), shown.content());
        data.putText(shown.text());
        return data;
    }

    @Override
    public List<DisplayRenderer> getDisplayRenderers() {
        return List.of(this);
    }

    @Override
    public List<DisplayTransformer> getDisplayTransformers() {
        return List.of();
    }
}
