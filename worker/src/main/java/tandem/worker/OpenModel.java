package tandem.worker;

import java.nio.file.Path;
import tandem.core.Network;
import tandem.core.Parameters;
import tandem.core.data.Images;
import tandem.core.engine.EngineProvider;
import tandem.core.engine.Predictor;
import tandem.core.engine.PredictorSetup;
import tandem.worker.protocol.Event;
import tandem.worker.protocol.Request;

/** A trained model that is kept between requests, and asked for logits as often as wanted. */
final class OpenModel implements AutoCloseable {
    private final Network network;
    private final Predictor predictor;

    /**
     * Reads the model.
     *
     * @throws tandem.core.Failure if the file is not a model of the network
     */
    OpenModel(Request.Open request, EngineProvider provider) {
        network = request.network();
        predictor = provider.predictor(new PredictorSetup(
                network, Parameters.read(Path.of(request.model()), network), request.threads(), request.variant()));
    }

    Event.Opened opened(double startupSeconds) {
        return new Event.Opened(predictor.library(), startupSeconds);
    }

    Event.Predicted predict(Request.Predict request) {
        int count = request.pixels().length / (network.rows() * network.columns());
        Images images = new Images(
                network.rows(), network.columns(), request.pixels(), new byte[count], request.normalisation());
        float[] logits = new float[count * network.classes()];
        predictor.logits(images, 0, count, logits);
        return new Event.Predicted(logits);
    }

    @Override
    public void close() {
        predictor.close();
    }
}
